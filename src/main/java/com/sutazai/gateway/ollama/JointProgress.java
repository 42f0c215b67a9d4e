package com.sutazai.gateway.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.sutazai.inference.backend.Backend;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * What several servers say of the same work, one after the other, told as if one did it all: it
 * ends well when the last one is done, and with the first that fails.
 */
final class JointProgress {
  private final ObjectMapper json;

  JointProgress(ObjectMapper json) {
    this.json = json;
  }

  /** Has one server do it, and passes on each line that it says. */
  interface Following {
    void on(Backend server, Consumer<byte[]> line) throws InterruptedException;
  }

  /** Has each of the servers do it, until one says that it failed. */
  void of(List<Backend> servers, Following following, Consumer<byte[]> out)
      throws InterruptedException {
    for (Backend server : servers) {
      var lines = new Lines(server == servers.getLast(), out);
      following.on(server, lines);
      if (lines.failed) {
        return;
      }
    }
  }

  /** The lines of one server. */
  private final class Lines implements Consumer<byte[]> {
    private final boolean last;
    private final Consumer<byte[]> out;
    private boolean failed;

    Lines(boolean last, Consumer<byte[]> out) {
      this.last = last;
      this.out = out;
    }

    @Override
    public void accept(byte[] line) {
      JsonNode said = read(line);
      failed |= said.has("error");
      if (last || !said.path("status").asText().equals("success")) {
        out.accept(line);
      }
    }
  }

  /** What is no JSON says nothing here; the caller gets it as it is. */
  private JsonNode read(byte[] line) {
    try {
      return json.readTree(line);
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }
}
