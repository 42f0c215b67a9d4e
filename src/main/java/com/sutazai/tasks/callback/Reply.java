package com.sutazai.tasks.callback;

/** How one try of a delivery went. */
sealed interface Reply {
  /** The receiver answered with this status. */
  record Answered(int status) implements Reply {}

  /**
   * There was no answer.
   *
   * @param reason for the task's owner to read
   */
  record Unreachable(String reason) implements Reply {}

  /** The address must not be called, now or later. */
  record Refused(String reason) implements Reply {}
}
