package com.sutazai.cache.http;

/** The regions that answers of routes are kept in. */
public enum Kept {
  /** Answers about tasks that have ended. */
  TASKS,

  /** All others. */
  RESPONSE
}
