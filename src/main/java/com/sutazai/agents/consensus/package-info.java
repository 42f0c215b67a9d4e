/** Asking models the same question several times and counting what they answer. */
@NullMarked
package com.sutazai.agents.consensus;

import org.jspecify.annotations.NullMarked;
