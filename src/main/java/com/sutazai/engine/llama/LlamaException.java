package com.sutazai.engine.llama;

/** llama.cpp refused something; the message says what. The process goes on. */
public final class LlamaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String message;

  LlamaException(String message) {
    super(message);
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
