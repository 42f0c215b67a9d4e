/** Getting models: by name from a registry as Ollama's, or from an address. */
@NullMarked
package com.sutazai.engine.pull;

import org.jspecify.annotations.NullMarked;
