package com.sutazai.engine.llama;

/** A library that cannot be used; the message says why, and what to do where that is known. */
public final class UnusableLibraryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnusableLibraryException(String message) {
    super(message);
  }
}
