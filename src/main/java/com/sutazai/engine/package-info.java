/**
 * The engine inside: llama.cpp in a child process of the same program, which speaks Ollama's
 * protocol to its parent.
 */
@NullMarked
package com.sutazai.engine;

import org.jspecify.annotations.NullMarked;
