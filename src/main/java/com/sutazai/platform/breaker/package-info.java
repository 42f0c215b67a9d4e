/** Leaving a server alone that does not answer. */
@NullMarked
package com.sutazai.platform.breaker;

import org.jspecify.annotations.NullMarked;
