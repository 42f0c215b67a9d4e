/** Who is asking: the value that every request and every row carries. */
@NullMarked
package com.sutazai.platform.caller;

import org.jspecify.annotations.NullMarked;
