package com.sutazai.platform.error;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.arc.All;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;

/** Tells each error in the form of the door that it happened at, before routing and after. */
@Singleton
public class ErrorForms {
  private static final ErrorForm OWN =
      new ErrorForm() {
        @Override
        public boolean covers(String path) {
          return true;
        }

        @Override
        public int status(Problem problem) {
          return problem.status();
        }

        @Override
        public Object body(Problem problem) {
          return problem;
        }
      };

  private final List<ErrorForm> foreign;
  private final ObjectMapper json;

  ErrorForms(@All List<ErrorForm> foreign, ObjectMapper json) {
    this.foreign = foreign;
    this.json = json;
  }

  private ErrorForm at(String path) {
    for (ErrorForm form : foreign) {
      if (form.covers(path)) {
        return form;
      }
    }
    return OWN;
  }

  /** Whether the path is none of a door whose clients know another form. */
  boolean isOwn(String path) {
    return at(path) == OWN;
  }

  /** Answers a request that no route has seen. */
  public void refuse(RoutingContext context, Problem problem) {
    ErrorForm form = at(context.request().path());
    var response = context.response().setStatusCode(form.status(problem));
    if (leavesBody(problem.status(), context.request())) {
      response.putHeader("Connection", "close");
    }
    response.putHeader(
        HttpHeaders.CONTENT_TYPE, form == OWN ? Problem.MEDIA_TYPE : MediaType.APPLICATION_JSON);
    response.end(encoded(form.body(problem)));
  }

  private Buffer encoded(Object body) {
    try {
      return Buffer.buffer(json.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether the rest of a body that is too long stays unread; HTTP/2 ends its stream alone. */
  private static boolean leavesBody(int status, HttpServerRequest request) {
    return status == ErrorCode.PAYLOAD_TOO_LARGE.status()
        && request.version() != HttpVersion.HTTP_2;
  }

  /** Errors of routes. */
  @ServerResponseFilter
  public void translate(ContainerRequestContext context, ContainerResponseContext response) {
    if (!(response.getEntity() instanceof Problem problem)) {
      return;
    }
    if (leavesBody(problem.status(), CurrentRequestManager.get().unwrap(HttpServerRequest.class))) {
      response.getHeaders().putSingle("Connection", "close");
    }
    ErrorForm form = at(context.getUriInfo().getPath());
    if (form != OWN) {
      response.setStatus(form.status(problem));
      response.setEntity(form.body(problem), null, MediaType.APPLICATION_JSON_TYPE);
    }
  }
}
