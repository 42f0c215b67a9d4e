package com.sutazai.platform.error;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/**
 * RFC 9457 problem document.
 *
 * @param code stable name of the error, see {@link ErrorCode}
 * @param field the offending field of the request, if one can be named
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
    String type, String title, int status, String detail, String code, @Nullable String field) {
  public static final String MEDIA_TYPE = "application/problem+json";

  public static Problem of(ErrorCode code, String detail, @Nullable String field) {
    return new Problem("about:blank", code.title(), code.status(), detail, code.code(), field);
  }

  public static Problem of(ProblemException e) {
    return of(e.code(), e.detail(), e.field());
  }

  Response response() {
    return Response.status(status).type(MEDIA_TYPE).entity(this).build();
  }
}
