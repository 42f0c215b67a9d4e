/** Measurements of the packaged program; docs/performance.md has the commands and the results. */
@NullMarked
package com.sutazai.bench;

import org.jspecify.annotations.NullMarked;
