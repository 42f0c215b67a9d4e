package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.Generation;
import com.sutazai.inference.ServerSentEvents;
import com.sutazai.inference.StreamFormat;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.error.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** OpenAI's streams, which are server-sent events. */
@ApplicationScoped
class OpenAiEvents {
  private final ServerSentEvents events;
  private final OpenAiErrors errors;

  OpenAiEvents(ObjectMapper json, OpenAiErrors errors) {
    events = new ServerSentEvents(json);
    this.errors = errors;
  }

  /**
   * The format of one completion: pieces as the server sends them, closed by {@code [DONE]}, or by
   * one with {@code error}.
   *
   * @param usageWanted whether the caller asked for the piece that tells the usage; servers are
   *     always asked for it
   */
  StreamFormat completion(boolean usageWanted) {
    return new Completion(usageWanted);
  }

  /** The format of one response: named events, which end with what became of it. */
  StreamFormat response(ResponseEvents told) {
    return new Named(told);
  }

  private abstract class Format implements StreamFormat {
    @Override
    public String mediaType() {
      return ServerSentEvents.MEDIA_TYPE;
    }

    @Override
    public void heartbeat(OutputStream out) throws IOException {
      events.heartbeat(out);
    }
  }

  private final class Completion extends Format {
    private final boolean usageWanted;

    Completion(boolean usageWanted) {
      this.usageWanted = usageWanted;
    }

    @Override
    public void piece(OutputStream out, Chunk chunk) throws IOException {
      boolean onlyUsage = chunk.usage() != null && chunk.json().path("choices").isEmpty();
      if (!chunk.json().isEmpty() && (usageWanted || !onlyUsage)) {
        events.piece(out, chunk);
      }
    }

    @Override
    public void end(OutputStream out, Generation generation) throws IOException {
      events.done(out);
    }

    @Override
    public void failed(OutputStream out, ProblemException failure) throws IOException {
      events.data(out, errors.body(Problem.of(failure)));
    }
  }

  private final class Named extends Format {
    private final ResponseEvents told;
    private boolean begun;

    Named(ResponseEvents told) {
      this.told = told;
    }

    @Override
    public void piece(OutputStream out, Chunk chunk) throws IOException {
      begin(out);
      write(out, told.take(chunk));
    }

    @Override
    public void end(OutputStream out, Generation generation) throws IOException {
      begin(out);
      write(out, told.end());
    }

    @Override
    public void failed(OutputStream out, ProblemException failure) throws IOException {
      begin(out);
      write(out, told.fail(failure.code().code(), failure.detail()));
    }

    private void begin(OutputStream out) throws IOException {
      if (!begun) {
        begun = true;
        write(out, told.begin());
      }
    }

    private void write(OutputStream out, List<ObjectNode> due) throws IOException {
      for (ObjectNode event : due) {
        events.named(out, event.path("type").textValue(), event);
      }
    }
  }
}
