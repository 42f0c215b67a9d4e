package com.sutazai.inference.backend;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;

/** Reads a response of unknown size without trusting it. */
final class Body {
  private Body() {}

  /** The first {@code most} bytes at most; the rest is read and dropped. */
  static Future<Buffer> read(HttpClientResponse response, int most) {
    Promise<Buffer> whole = Promise.promise();
    Buffer kept = Buffer.buffer();
    response.handler(
        chunk -> kept.appendBuffer(chunk, 0, Math.min(chunk.length(), most - kept.length())));
    response.exceptionHandler(whole::tryFail);
    response.endHandler(end -> whole.tryComplete(kept));
    return whole.future();
  }
}
