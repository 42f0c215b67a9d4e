package com.sutazai.inference;

import jakarta.ws.rs.core.Response.ResponseBuilder;

/** Says in each answer that may be used again where it came from (RFC 9211). */
public final class OriginHeaders {
  private OriginHeaders() {}

  /** Adds the headers; to be called when as much as can be is known of the answer. */
  public static ResponseBuilder on(ResponseBuilder response, Origin origin) {
    return switch (origin) {
      case Origin.Own own -> response;
      case Origin.Asked asked -> miss(response, "fwd=miss" + stored(asked.stored()));
      case Origin.Bypassed asked -> miss(response, "fwd=bypass" + stored(asked.stored()));
      case Origin.Joined joined -> miss(response, "fwd=miss; collapsed");
      case Origin.Kept kept ->
          said(response, "hit; ttl=" + Math.max(0, kept.ttl().toSeconds()), "HIT");
    };
  }

  private static String stored(boolean stored) {
    return stored ? "; stored" : "";
  }

  private static ResponseBuilder miss(ResponseBuilder response, String how) {
    return said(response, how, "MISS");
  }

  private static ResponseBuilder said(ResponseBuilder response, String how, String inOneWord) {
    return response.header("Cache-Status", "sutazai; " + how).header("X-Cache", inOneWord);
  }
}
