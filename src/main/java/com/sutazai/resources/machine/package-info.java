/** The machine as its system tells it: control groups of both versions, /proc, pressure. */
@NullMarked
package com.sutazai.resources.machine;

import org.jspecify.annotations.NullMarked;
