/** Bounds on what goes on at once. */
@NullMarked
package com.sutazai.platform.permit;

import org.jspecify.annotations.NullMarked;
