package com.sutazai.tasks.process;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.sutazai.inference.CallerWishes;
import com.sutazai.inference.Inference;
import com.sutazai.inference.Inference.Told;
import com.sutazai.inference.Origin;
import com.sutazai.inference.Prompt;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.tasks.process.TextSearch.Found;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database and the model at the same time (guide 3.1): it takes as long as the slower of
 * the two, and either may fail without the other.
 */
@ApplicationScoped
class SearchAndAsk {
  private final TextSearch search;
  private final Inference inference;
  private final CallerWishes wishes;
  private final Connections connections;
  private final RoutingContext context;

  SearchAndAsk(
      TextSearch search,
      Inference inference,
      CallerWishes wishes,
      Connections connections,
      RoutingContext context) {
    this.search = search;
    this.inference = inference;
    this.wishes = wishes;
    this.connections = connections;
    this.context = context;
  }

  /**
   * Both answers.
   *
   * @param result what was found; null when the search failed
   * @param output the model's words; null when it failed
   * @param errors what failed, under the name of the field that is null for it
   */
  @RegisterForReflection
  @JsonInclude
  record Both(@Nullable List<Found> result, @Nullable String output, Map<String, Problem> errors) {}

  /**
   * What is answered.
   *
   * @param origin where the model's words came from
   */
  record Answered(Both both, Origin origin) {}

  /** When both fail, the model's failure is the answer. */
  Answered both(Caller caller, String data) throws InterruptedException {
    FutureTask<List<Found>> searching = new FutureTask<>(() -> search.search(caller, data));
    Thread.ofVirtual().name("process-search").start(searching);
    String output = null;
    Origin origin = new Origin.Own();
    List<Found> result = null;
    ProblemException failed = null;
    Map<String, Problem> errors = new TreeMap<>();
    try (var watch = connections.interruptWhenLeft(context)) {
      Prompt prompt = Prompt.of(data, null, null, false, null);
      Told told = inference.complete(wishes.on(inference.request(caller, prompt)));
      output = told.answer().generated();
      origin = told.origin();
    } catch (ProblemException e) {
      failed = e;
      errors.put("output", Problem.of(e));
    }
    try {
      result = searching.get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof ProblemException problem)) {
        throw new IllegalStateException(e.getCause());
      }
      if (failed != null) {
        throw failed;
      }
      errors.put("result", Problem.of(problem));
    }
    return new Answered(new Both(result, output, errors), origin);
  }
}
