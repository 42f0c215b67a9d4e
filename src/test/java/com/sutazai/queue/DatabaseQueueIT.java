package com.sutazai.queue;

import com.sutazai.testing.Product;
import java.util.Map;

/** The queue on PostgreSQL alone. */
class DatabaseQueueIT extends QueueContract {
  @Override
  Map<String, String> distribution() {
    return Map.of();
  }

  @Override
  void awaitReady(Product node) {
    // it is when it answers
  }

  @Override
  void awaitHandedOut(Product node, int tasks) {
    // nothing is handed out before there is a seat
  }
}
