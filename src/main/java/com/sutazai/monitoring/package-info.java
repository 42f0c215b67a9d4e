/** Health, metrics and what an operator looks at. */
@NullMarked
package com.sutazai.monitoring;

import org.jspecify.annotations.NullMarked;
