package com.sutazai.inference;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.Answer.Timings;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.Usage;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.error.ProblemException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The native door's server-sent events: {@code {"token"}} for each piece, then one with {@code
 * "done": true} and the closing {@code [DONE]}; or {@code {"error"}} with a problem document and no
 * {@code [DONE]}.
 */
@Singleton
class TokenEvents implements StreamFormat {
  private final ServerSentEvents events;

  TokenEvents(ObjectMapper json) {
    events = new ServerSentEvents(json);
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

  @Override
  public String mediaType() {
    return ServerSentEvents.MEDIA_TYPE;
  }

  @Override
  public void piece(OutputStream out, Chunk chunk) throws IOException {
    String text = Prompt.text(chunk);
    if (!text.isEmpty()) {
      events.data(out, new Token(text));
    }
  }

  @Override
  public void heartbeat(OutputStream out) throws IOException {
    events.heartbeat(out);
  }

  @Override
  public void end(OutputStream out, Generation generation) throws IOException {
    Answer answer = Answer.of("", generation);
    events.data(
        out, new Done(true, answer.model(), answer.cached(), answer.timings(), answer.usage()));
    events.done(out);
  }

  @Override
  public void failed(OutputStream out, ProblemException failure) throws IOException {
    events.data(out, new Failed(Problem.of(failure)));
  }
}
