/** Steps that are repeated in the background. */
@NullMarked
package com.sutazai.platform.loop;

import org.jspecify.annotations.NullMarked;
