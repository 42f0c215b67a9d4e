package com.sutazai.gateway.ollama;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.Generation;
import com.sutazai.inference.StreamFormat;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.platform.error.ProblemException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * Ollama's streams: a JSON object a line, the last with {@code done}, or one with {@code error}.
 */
@Singleton
class OllamaLines implements StreamFormat {
  private final ObjectMapper json;

  OllamaLines(ObjectMapper json) {
    this.json = json;
  }

  @Override
  public String mediaType() {
    return "application/x-ndjson";
  }

  @Override
  public void piece(OutputStream out, Chunk chunk) throws IOException {
    line(out, chunk.bytes(json));
  }

  /** Its clients take every line for a piece of the answer, so there is no sign of life. */
  @Override
  public void heartbeat(OutputStream out) {}

  /** The last piece says that it is the last. */
  @Override
  public void end(OutputStream out, Generation generation) {}

  @Override
  public void failed(OutputStream out, ProblemException failure) throws IOException {
    line(out, json.writeValueAsBytes(Map.of("error", failure.detail())));
  }

  private static void line(OutputStream out, byte[] value) throws IOException {
    out.write(value);
    out.write('\n');
  }
}
