/** The engine's process: its models, and Ollama's routes to them. */
@NullMarked
package com.sutazai.engine.server;

import org.jspecify.annotations.NullMarked;
