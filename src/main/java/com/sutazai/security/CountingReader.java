package com.sutazai.security;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.ConstrainedTo;
import jakarta.ws.rs.RuntimeType;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Ends a request whose body grows past its limit while it is read: in chunks and over HTTP/2 a
 * length need not be declared.
 */
@Provider
@ConstrainedTo(RuntimeType.SERVER)
class CountingReader implements ReaderInterceptor {
  private final RoutingContext request;

  CountingReader(RoutingContext request) {
    this.request = request;
  }

  @Override
  public Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
    BodyLimit.Limit limit = request.get(BodyLimit.Limit.class.getName());
    context.setInputStream(new LimitedStream(context.getInputStream(), limit));
    return context.proceed();
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
