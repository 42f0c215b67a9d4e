/** Which request goes to which model server, and when: slots, a fair queue and its bounds. */
@NullMarked
package com.sutazai.inference.batch;

import org.jspecify.annotations.NullMarked;
