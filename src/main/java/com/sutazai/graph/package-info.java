/** Who did what for whom, and which task led to which. */
@NullMarked
package com.sutazai.graph;

import org.jspecify.annotations.NullMarked;
