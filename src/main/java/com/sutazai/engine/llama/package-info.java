/**
 * llama.cpp's C interface through Java's foreign functions: the structs and calls of the two builds
 * whose layouts are known, and where a library of theirs is found.
 */
@NullMarked
package com.sutazai.engine.llama;

import org.jspecify.annotations.NullMarked;
