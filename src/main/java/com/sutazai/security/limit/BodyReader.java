package com.sutazai.security.limit;

import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;

/**
 * Hands a request's body to its method: a short one when all of it is there, so that no thread is
 * woken and put to sleep again for its parts; a long one, or one of undeclared length, as it comes.
 * In chunks and over HTTP/2 a length need not be declared: such a body is counted while it is read,
 * and refused when it grows past its limit.
 */
@Singleton
class BodyReader {
  /** What is kept in memory for each request before its method runs. */
  private static final long SHORT_BYTES = 64 * 1024;

  /** A body that comes with these has no meaning, and its end is not waited for. */
  private static final Set<HttpMethod> READ_BY_NOBODY = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  private final BodyLimit limit;

  BodyReader(BodyLimit limit) {
    this.limit = limit;
  }

  /** Runs on the event loop, after the route is known. */
  @ServerRequestFilter(nonBlocking = true)
  public void open(ResteasyReactiveContainerRequestContext rest) {
    HttpServerRequest request = CurrentRequestManager.get().unwrap(HttpServerRequest.class);
    if (isShort(request) && !READ_BY_NOBODY.contains(request.method())) {
      readWhole(request, rest);
    } else if (mayHaveBody(request)) {
      rest.setEntityStream(new LimitedStream(rest.getEntityStream(), limit.of(request)));
    }
  }

  private static boolean isShort(HttpServerRequest request) {
    long declared = BodyLimit.declared(request);
    return declared >= 0
        && declared <= SHORT_BYTES
        && request.getHeader(HttpHeaders.EXPECT) == null;
  }

  private static boolean mayHaveBody(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_2
        || request.getHeader(HttpHeaders.CONTENT_LENGTH) != null
        || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
  }

  /** However long it takes: {@link SlowClients} ends what comes too slowly. */
  private static void readWhole(
      HttpServerRequest request, ResteasyReactiveContainerRequestContext rest) {
    rest.suspend();
    request
        .body()
        .onSuccess(
            body -> {
              rest.setEntityStream(new ByteArrayInputStream(body.getBytes()));
              rest.resume();
            })
        .onFailure(broken -> Connections.end(request));
    request.resume();
  }

  private static final class LimitedStream extends FilterInputStream {
    private final BodyLimit.Limit limit;
    private long read;

    LimitedStream(InputStream in, BodyLimit.Limit limit) {
      super(in);
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      count(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int bytes = super.read(buffer, offset, length);
      count(Math.max(0, bytes));
      return bytes;
    }

    private void count(int bytes) {
      read += bytes;
      if (read > limit.bytes()) {
        throw new ProblemException(ErrorCode.PAYLOAD_TOO_LARGE, limit.refusal());
      }
    }
  }
}
