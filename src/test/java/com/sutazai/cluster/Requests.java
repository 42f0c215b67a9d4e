package com.sutazai.cluster;

import com.sutazai.cluster.Operation.Action;
import com.sutazai.cluster.Operation.Outcome;
import com.sutazai.cluster.Operation.Outcome.Done;
import com.sutazai.cluster.Operation.Outcome.Refused;
import com.sutazai.cluster.Operation.Outcome.Unknown;
import com.sutazai.cluster.Operation.Seen;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sends what clients and workers want to a node, and keeps it in the history. */
final class Requests {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final History history;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  Requests(Cluster cluster, History history) {
    this.cluster = cluster;
    this.history = history;
  }

  /**
   * Leaves a task.
   *
   * @param wait seconds to wait for its end; 0 for none
   */
  Outcome submit(int node, Action.Submit submit, JsonObject body, int wait) {
    var request = post(node, "/api/tasks", body).timeout(PATIENCE.plusSeconds(wait));
    if (submit.key() != null) {
      request.header("Idempotency-Key", submit.key());
    }
    if (wait > 0) {
      request.header("Prefer", "wait=" + wait);
    }
    // The promise is that a 503 to a submission has accepted nothing.
    return history.record(node, submit, () -> outcome(request, true));
  }

  /** Past the cache: what a process keeps may be as old as it takes to notice a cut network. */
  Outcome read(int node, String id) {
    var request = request(node, "/api/tasks/" + id).header("Cache-Control", "no-cache");
    return history.record(node, new Action.Read(id), () -> outcome(request, true));
  }

  Outcome cancel(int node, String id) {
    var request = post(node, "/api/tasks/" + id + "/cancel", new JsonObject());
    return history.record(node, new Action.Cancel(id), () -> outcome(request, false));
  }

  Outcome retry(int node, String id) {
    var request = post(node, "/api/tasks/" + id + "/retry", new JsonObject());
    return history.record(node, new Action.Retry(id), () -> outcome(request, false));
  }

  /** A task in a worker's hands. */
  record Lent(String id, String lease) {}

  Optional<Lent> take(int node, String worker, String type) {
    var lent = new ArrayList<Lent>();
    var request =
        post(node, "/api/tasks/next/" + type + "?wait=1&agent_name=" + worker, new JsonObject());
    history.record(
        node,
        new Action.Take(worker),
        () ->
            outcome(
                request,
                false,
                task -> lent.add(new Lent(task.getString("id"), task.getString("lease")))));
    return lent.stream().findFirst();
  }

  Outcome report(int node, String worker, Lent lent, boolean done) {
    JsonObject body =
        new JsonObject()
            .put("task_id", lent.id())
            .put("lease", lent.lease())
            .put("agent_name", worker)
            .put("status", done ? "completed" : "failed")
            .put("result", new JsonObject().put("lease", lent.lease()));
    var request = post(node, "/api/tasks/complete", body);
    var report = new Action.Report(lent.id(), lent.lease(), done);
    return history.record(node, report, () -> outcome(request, false));
  }

  /** Makes a worker known; false when it has to be tried again. */
  boolean register(int node, String worker, String type) {
    JsonObject body =
        new JsonObject()
            .put("agent_name", worker)
            .put("agent_type", type)
            .put("capabilities", List.of())
            .put("max_concurrent", 10);
    return outcome(post(node, "/api/agents/register", body), false) instanceof Done;
  }

  void heartbeat(int node, String worker, List<String> leases) {
    JsonObject body = new JsonObject().put("agent_name", worker).put("leases", leases);
    outcome(post(node, "/api/agents/heartbeat", body), false);
  }

  /** Reads all tasks there are, as one node tells them; empty when it cannot. */
  Optional<List<Operation>> readAll(int node) {
    List<Operation> reads = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      var page = request(node, "/api/tasks?limit=500&include=payload,result" + cursor);
      long invoked = history.now();
      try {
        HttpResponse<String> answer = send(page);
        if (answer.statusCode() != 200) {
          return Optional.empty();
        }
        long returned = history.now();
        JsonObject body = new JsonObject(answer.body());
        body.getJsonArray("items").stream()
            .map(item -> new Done(200, Seen.of((JsonObject) item)))
            .map(
                done ->
                    new Operation(invoked, returned, node, new Action.Read(done.seen().id()), done))
            .forEach(reads::add);
        String next = body.getString("next_cursor");
        cursor = next == null ? null : "&cursor=" + next;
      } catch (IOException e) {
        return Optional.empty();
      }
    }
    return Optional.of(reads);
  }

  private HttpRequest.Builder request(int node, String path) {
    return HttpRequest.newBuilder(cluster.node(node).uri(path)).timeout(PATIENCE);
  }

  private HttpRequest.Builder post(int node, String path, JsonObject body) {
    return request(node, path)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body.encode()));
  }

  private interface Look {
    void at(JsonObject task);
  }

  private Outcome outcome(HttpRequest.Builder request, boolean unavailableIsRefused) {
    return outcome(request, unavailableIsRefused, task -> {});
  }

  /**
   * Sends it.
   *
   * @param unavailableIsRefused whether a 503 says that nothing was done; else it may have been,
   *     and the request can be sent again
   */
  private Outcome outcome(HttpRequest.Builder request, boolean unavailableIsRefused, Look look) {
    try {
      HttpResponse<String> answer = send(request);
      int status = answer.statusCode();
      if (status == 204) {
        return new Done(status, null);
      }
      JsonObject body = new JsonObject(answer.body());
      if (status < 300) {
        if (!body.containsKey("payload")) {
          return new Done(status, null);
        }
        look.at(body);
        return new Done(status, Seen.of(body));
      }
      String code = body.getString("code", "none");
      return status < 500
              || (status == 503 && unavailableIsRefused && !code.equals("outcome_unknown"))
          ? new Refused(status, code)
          : new Unknown(status, code);
    } catch (ConnectException | HttpConnectTimeoutException e) {
      return new Refused(0, "not_connected");
    } catch (IOException e) {
      return new Unknown(0, e.toString());
    }
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
