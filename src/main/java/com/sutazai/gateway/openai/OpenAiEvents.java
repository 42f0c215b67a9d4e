package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.Generation;
import com.sutazai.inference.ServerSentEvents;
import com.sutazai.inference.StreamFormat;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.error.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.OutputStream;

/** OpenAI's streams: server-sent events, closed by {@code [DONE]}, or by one with {@code error}. */
@ApplicationScoped
class OpenAiEvents {
  private final ServerSentEvents events;

  OpenAiEvents(ObjectMapper json) {
    events = new ServerSentEvents(json);
  }

  /**
   * The format for one answer.
   *
   * @param wanted whether the caller asked for the piece that tells the usage; servers are always
   *     asked for it
   */
  StreamFormat withUsage(boolean wanted) {
    return new Format(wanted);
  }

  private final class Format implements StreamFormat {
    private final boolean usageWanted;

    Format(boolean usageWanted) {
      this.usageWanted = usageWanted;
    }

    @Override
    public String mediaType() {
      return ServerSentEvents.MEDIA_TYPE;
    }

    @Override
    public void piece(OutputStream out, Chunk chunk) throws IOException {
      boolean onlyUsage = chunk.usage() != null && chunk.json().path("choices").isEmpty();
      if (!chunk.json().isEmpty() && (usageWanted || !onlyUsage)) {
        events.data(out, chunk.json());
      }
    }

    @Override
    public void heartbeat(OutputStream out) throws IOException {
      events.heartbeat(out);
    }

    @Override
    public void end(OutputStream out, Generation generation) throws IOException {
      events.done(out);
    }

    @Override
    public void failed(OutputStream out, ProblemException failure) throws IOException {
      events.data(out, OpenAiError.of(Problem.of(failure)));
    }
  }
}
