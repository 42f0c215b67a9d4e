package com.sutazai.inference.backend;

/** A wire format that model servers and their clients speak. */
public enum Dialect {
  /** Ollama's API: one JSON object a line. */
  OLLAMA,
  /** OpenAI's API: server-sent events, closed by {@code [DONE]}. */
  OPENAI
}
