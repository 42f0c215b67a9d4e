/** The model servers: what they speak, how they are, and one call to one of them. */
@NullMarked
package com.sutazai.inference.backend;

import org.jspecify.annotations.NullMarked;
