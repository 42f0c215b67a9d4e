package com.sutazai.security.limit;

/** Routes that take longer bodies than others and count them themselves while they read them. */
public interface OwnBodyLimit {
  /** Whether the route is one of them. */
  boolean covers(String method, String path);
}
