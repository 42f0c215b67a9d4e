package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.Collector;

/** Puts the pieces of a chat completion together to one response. */
final class ResponseCollector implements Collector {
  private final ResponseEvents events;

  ResponseCollector(ResponseEvents events) {
    this.events = events;
    events.begin();
  }

  @Override
  public void add(Chunk chunk) {
    events.take(chunk);
  }

  @Override
  public long size() {
    return events.size();
  }

  @Override
  public ObjectNode whole() {
    events.end();
    return events.response();
  }
}
