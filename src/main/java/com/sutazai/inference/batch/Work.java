package com.sutazai.inference.batch;

import com.sutazai.inference.backend.Backend;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * A request that wants a slot.
 *
 * @param caller whose share it is served from
 * @param weight that caller's share beside the others
 * @param bulk whether nobody waits for it at a screen: then it leaves one slot free for others
 * @param tokens estimate of what it costs: those of the prompt and the most of the answer
 * @param servers those that have its model, at least one
 * @param conversation equal for requests that begin alike, which one server answers faster
 * @param patience longest wait
 */
public record Work(
    UUID caller,
    int weight,
    boolean bulk,
    long tokens,
    List<Backend> servers,
    int conversation,
    Duration patience) {

  public Work {
    servers = List.copyOf(servers);
    if (servers.isEmpty() || weight < 1 || tokens < 1) {
      throw new IllegalArgumentException("Work needs a server, a weight and tokens");
    }
  }
}
