package com.sutazai.monitoring;

import com.sutazai.graph.GraphCopy;
import com.sutazai.inference.Inference;
import com.sutazai.platform.sql.Storage;
import com.sutazai.queue.Distribution;
import com.sutazai.queue.QueueDepth;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.TreeMap;

/** How the parts of the program are, as is known already: nobody is asked. */
@ApplicationScoped
class HealthOfParts {
  private static final String OK = "ok";

  private final QueueDepth depth;
  private final Storage storage;
  private final Distribution distribution;
  private final GraphCopy graph;
  private final Inference inference;

  HealthOfParts(
      QueueDepth depth,
      Storage storage,
      Distribution distribution,
      GraphCopy graph,
      Inference inference) {
    this.depth = depth;
    this.storage = storage;
    this.distribution = distribution;
    this.graph = graph;
    this.inference = inference;
  }

  /** Whether the database can be used and written. */
  boolean takesTasks() {
    return database().equals(OK);
  }

  private String database() {
    return depth.total().isEmpty() ? "down" : storage.shortage() != null ? "disk_full" : OK;
  }

  /** Each part that is used, by name. */
  Map<String, String> all() {
    Map<String, String> all = new TreeMap<>();
    all.put("database", database());
    all.put("model", inference.health());
    if (distribution.address().isPresent()) {
      all.put("broker", distribution.connected() ? OK : "down");
    }
    if (graph.address().isPresent()) {
      all.put("graph", graph.isAsked() ? OK : "degraded");
    }
    return all;
  }
}
