package com.sutazai.inference;

import jakarta.ws.rs.core.Response.ResponseBuilder;

/** Says in each answer where it came from (RFC 9211). */
public final class CacheStatus {
  private CacheStatus() {}

  /** Adds the header where the answer to another request was used. */
  public static ResponseBuilder on(ResponseBuilder response, Generation generation) {
    return generation.collapsed()
        ? response.header("Cache-Status", "sutazai; fwd=miss; collapsed")
        : response;
  }
}
