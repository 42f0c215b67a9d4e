/** Asking model servers: resolution, generation, streaming. */
@NullMarked
package com.sutazai.inference;

import org.jspecify.annotations.NullMarked;
