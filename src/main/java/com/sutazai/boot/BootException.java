package com.sutazai.boot;

/** The program cannot start; the message tells its user why and what to do. */
final class BootException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BootException(String message) {
    super(message);
  }

  BootException(String message, Throwable cause) {
    super(message, cause);
  }
}
