/** Bounds of the program itself, moved by what is measured. */
@NullMarked
package com.sutazai.agents.tuning;

import org.jspecify.annotations.NullMarked;
