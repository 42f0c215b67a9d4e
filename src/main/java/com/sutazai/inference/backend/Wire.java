package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A request in the words that a server understands, and who reads its answer back.
 *
 * @param path where the server takes it
 * @param reader gives the pieces of the answer in the words of the request
 */
public record Wire(String path, ObjectNode body, ChunkReader reader) {

  /** The request for this server. What can be streamed is asked for as a stream. */
  public static Wire of(Backend server, Operation operation, ObjectNode asked, String model) {
    ObjectNode body = asked.deepCopy();
    body.put("model", model);
    if (operation.streams()) {
      body.put("stream", true);
      if (operation.dialect() == Dialect.OPENAI) {
        body.putObject("stream_options").put("include_usage", true);
      }
    }
    return new Wire(operation.path(), body, operation.reader());
  }
}
