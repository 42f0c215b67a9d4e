/** The door for clients of Ollama, who need no change. */
@NullMarked
package com.sutazai.gateway.ollama;

import org.jspecify.annotations.NullMarked;
