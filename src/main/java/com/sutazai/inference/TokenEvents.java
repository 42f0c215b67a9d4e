package com.sutazai.inference;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.Answer.Timings;
import com.sutazai.inference.Answer.Usage;
import com.sutazai.platform.caller.Connections.Listening;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.error.ProblemException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer as server-sent events: {@code {"token"}} for each piece, then one with {@code
 * "done": true} and the closing {@code [DONE]}; or {@code {"error"}} with a problem document and no
 * {@code [DONE]}.
 */
@ApplicationScoped
class EventStream {
  private static final Logger LOG = Logger.getLogger(EventStream.class);
  private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

  private final ObjectMapper json;

  EventStream(ObjectMapper json) {
    this.json = json;
  }

  /** A piece of text. */
  @RegisterForReflection
  record Token(String token) {}

  /** The end of a whole answer. */
  @RegisterForReflection
  @JsonInclude
  record Done(boolean done, String model, boolean cached, Timings timings, @Nullable Usage usage) {}

  /** The end of an answer that failed after it had begun. */
  @RegisterForReflection
  record Failed(Problem error) {}

  /** The answer's events; the watch ends with them. */
  Response of(Generation generation, Listening watch) {
    StreamingOutput events = out -> write(generation, watch, out);
    return Response.ok(events, "text/event-stream;charset=UTF-8")
        .header("Cache-Control", "no-cache")
        .header("X-Accel-Buffering", "no")
        .build();
  }

  private void write(Generation generation, Listening watch, OutputStream out) {
    try (watch;
        generation) {
      try {
        for (String token = generation.next(); token != null; token = generation.next()) {
          send(out, new Token(token));
        }
        Answer end = generation.answer("");
        send(out, new Done(true, end.model(), end.cached(), end.timings(), end.usage()));
        out.write(DONE);
        out.flush();
      } catch (ProblemException e) {
        LOG.warnf("A stream ended early: %s", e.detail());
        send(out, new Failed(Problem.of(e)));
      }
    } catch (IOException e) {
      LOG.debug("The reader of a stream went away", e);
    } catch (InterruptedException e) {
      LOG.debug("The reader of a stream went away", e);
    }
  }

  private void send(OutputStream out, Object event) throws IOException {
    out.write("data: ".getBytes(StandardCharsets.US_ASCII));
    out.write(json.writeValueAsBytes(event));
    out.write('\n');
    out.write('\n');
    out.flush();
  }
}
