package com.sutazai.cluster;

import com.sutazai.cluster.Operation.Action.Submit;
import com.sutazai.cluster.Operation.Outcome;
import com.sutazai.cluster.Operation.Outcome.Done;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * Leaves tasks, looks after its own and reads those of all, at any node. What it does next is drawn
 * from its random numbers; how that goes is up to the cluster.
 */
final class Client implements Runnable {
  private static final int MOST_SENDS = 6;
  private static final int LONGEST_PAUSE_MS = 60;

  private final String name;
  private final int nodes;
  private final Requests requests;
  private final List<String> known;
  private final RandomGenerator random;
  private final BooleanSupplier goesOn;
  private final List<String> mine = new ArrayList<>();
  private int submitted;

  /**
   * @param known ids of accepted tasks, shared by all clients
   */
  Client(
      String name,
      int nodes,
      Requests requests,
      List<String> known,
      RandomGenerator random,
      BooleanSupplier goesOn) {
    this.name = name;
    this.nodes = nodes;
    this.requests = requests;
    this.known = known;
    this.random = random;
    this.goesOn = goesOn;
  }

  @Override
  public void run() {
    while (goesOn.getAsBoolean()) {
      int dice = random.nextInt(100);
      if (dice < 50 || mine.isEmpty()) {
        submit();
      } else if (dice < 60) {
        cancel(any(mine));
      } else if (dice < 70) {
        retry(any(mine));
      } else {
        requests.read(node(), any(known));
      }
      pause();
    }
  }

  private void submit() {
    String token = name + "-" + ++submitted;
    int rows = random.nextInt(1, 50);
    String type = new String[] {"noop", "noop", "data_processing", Worker.TYPE}[random.nextInt(4)];
    String key = random.nextInt(3) == 0 ? "key-" + token : null;
    var submit = new Submit(token, type, key, type.equals("data_processing") ? rows : -1);
    JsonObject body = body(submit, rows);
    int wait = random.nextInt(5) == 0 ? 2 : 0;
    Outcome outcome = requests.submit(node(), submit, body, wait);
    for (int sends = 1; key != null && !isEnd(outcome) && sends < MOST_SENDS; sends++) {
      pause();
      outcome = requests.submit(node(), submit, body, wait);
    }
    if (outcome instanceof Done done) {
      accepted(done.seen().id());
      if (key != null && random.nextInt(3) == 0) {
        requests.submit(node(), submit, body, 0);
      }
    }
  }

  private static boolean isEnd(Outcome outcome) {
    return outcome instanceof Done
        || (outcome instanceof Outcome.Refused refused && refused.code().startsWith("unknown_"));
  }

  private void accepted(String id) {
    if (!mine.contains(id)) {
      mine.add(id);
      known.add(id);
    }
    if (random.nextInt(5) == 0) {
      cancel(id);
    } else if (random.nextInt(3) == 0) {
      requests.read(node(), id);
    }
  }

  private JsonObject body(Submit submit, int rows) {
    JsonObject payload = new JsonObject().put("token", submit.token());
    if (submit.rows() >= 0) {
      payload.put("csv", "number\n" + "7\n".repeat(rows));
    }
    JsonObject body =
        new JsonObject()
            .put("type", submit.type())
            .put("priority", random.nextInt(11))
            .put("max_retries", random.nextInt(4))
            .put("payload", payload);
    if (random.nextInt(6) == 0) {
      body.put("run_at", Instant.now().plusMillis(random.nextInt(2000)).toString());
    }
    return body;
  }

  private void cancel(String id) {
    requests.cancel(node(), id);
    requests.read(node(), id);
  }

  private void retry(String id) {
    requests.retry(node(), id);
  }

  private int node() {
    return random.nextInt(nodes);
  }

  private String any(List<String> ids) {
    return ids.get(random.nextInt(ids.size()));
  }

  private void pause() {
    try {
      Thread.sleep(random.nextInt(LONGEST_PAUSE_MS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
