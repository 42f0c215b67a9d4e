package com.sutazai.agents.consensus;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.BuiltInAgent;
import com.sutazai.agents.consensus.Question.Ask;
import com.sutazai.inference.Inference;
import com.sutazai.inference.Inference.Charged;
import com.sutazai.inference.usage.UsageRecorder;
import com.sutazai.inference.usage.UsageRow;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.error.ProblemException;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks of type {@code consensus}: asks models several times at once and counts what they
 * said. The payload is {@code {prompt | prompts, models?, samples?, options?, normalise?}}; each
 * prompt is put to each model {@code samples} times, 16 calls at most. Each answer is made for its
 * own call and charged like any other.
 */
@Singleton
class MultiAgentCoordinator implements BuiltInAgent {
  private final Inference inference;
  private final UsageRecorder usage;
  private final ObjectMapper json;

  MultiAgentCoordinator(Inference inference, UsageRecorder usage, ObjectMapper json) {
    this.inference = inference;
    this.usage = usage;
    this.json = json;
  }

  @Override
  public String name() {
    return "multi-agent-coordinator";
  }

  @Override
  public String type() {
    return "coordination";
  }

  @Override
  public List<String> capabilities() {
    return List.of(
        "multi_agent_orchestration",
        "workflow_management",
        "parallel_execution",
        "dependency_resolution",
        "consensus");
  }

  @Override
  public Set<String> taskTypes() {
    return Set.of("consensus");
  }

  @Override
  public Set<Scope> scopes(String taskType) {
    return Set.of(Scope.MODELS_USE);
  }

  @Override
  public int concurrency() {
    return 8;
  }

  /** What came of one call. */
  private sealed interface Outcome {
    Ask ask();

    record Answered(Ask ask, Charged charged) implements Outcome {}

    record Failed(Ask ask, ProblemException problem) implements Outcome {}
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    Question question = Question.of(call.payload());
    List<Outcome> outcomes = askAll(call, question.asks());
    List<Outcome.Answered> answered = only(outcomes, Outcome.Answered.class);
    List<Outcome.Failed> failed = only(outcomes, Outcome.Failed.class);
    if (answered.isEmpty()) {
      ProblemException first = failed.getFirst().problem();
      return new AgentAnswer.Failed(
          first.code().code(),
          "None of " + outcomes.size() + " calls was answered; the first: " + first.detail(),
          failed.stream().anyMatch(each -> each.problem().code().retryable()));
    }
    return new AgentAnswer.Done(result(question, answered, failed), used(call, answered));
  }

  private static <T extends Outcome> List<T> only(List<Outcome> outcomes, Class<T> kind) {
    return outcomes.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private List<Outcome> askAll(AgentCall call, List<Ask> asks) throws InterruptedException {
    AtomicInteger done = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Outcome>> calls =
          asks.stream()
              .<Callable<Outcome>>map(
                  each ->
                      () -> {
                        Outcome outcome = ask(call.caller(), each);
                        int number = done.incrementAndGet();
                        call.progress((double) number / asks.size(), number + " of " + asks.size());
                        return outcome;
                      })
              .toList();
      return threads.invokeAll(calls).stream().map(MultiAgentCoordinator::get).toList();
    }
  }

  private static Outcome get(Future<Outcome> call) {
    try {
      return call.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private Outcome ask(Caller caller, Ask ask) throws InterruptedException {
    try {
      return new Outcome.Answered(ask, inference.completeAlone(caller, ask.prompt()));
    } catch (ProblemException problem) {
      return new Outcome.Failed(ask, problem);
    }
  }

  private List<UsageRow> used(AgentCall call, List<Outcome.Answered> answered) {
    return answered.stream()
        .flatMap(
            each ->
                each.charged().used().stream()
                    .map(used -> usage.row(call.owner(), each.charged().answer().model(), used)))
        .toList();
  }

  private ObjectNode result(
      Question question, List<Outcome.Answered> answered, List<Outcome.Failed> failed) {
    Votes votes =
        Votes.of(
            answered.stream().map(each -> each.charged().answer().generated()).toList(),
            question.normalise() ? Votes::normalised : text -> text);
    ObjectNode result = json.createObjectNode();
    result.put("asked", question.asks().size()).put("answered", answered.size());
    result.put("winner", votes.winner().orElse(null));
    result.put("agreement", votes.agreement().orElseThrow());
    ArrayNode groups = result.putArray("votes");
    votes.groups().forEach(group -> groups.add(vote(group)));
    ArrayNode answers = result.putArray("answers");
    answered.forEach(each -> answers.add(answer(each)));
    ArrayNode failures = result.putArray("failures");
    failed.forEach(each -> failures.add(failure(each)));
    return result;
  }

  private ObjectNode vote(Votes.Group group) {
    ObjectNode vote = json.createObjectNode();
    vote.put("answer", group.answer()).put("votes", group.members().size());
    ArrayNode members = vote.putArray("answers");
    group.members().forEach(members::add);
    return vote;
  }

  private ObjectNode answer(Outcome.Answered answered) {
    ObjectNode answer = asked(answered.ask());
    answer.setAll(json.<ObjectNode>valueToTree(answered.charged().answer()));
    return answer;
  }

  private ObjectNode failure(Outcome.Failed failed) {
    return asked(failed.ask())
        .put("model", failed.ask().prompt().model())
        .put("code", failed.problem().code().code())
        .put("detail", failed.problem().detail());
  }

  private ObjectNode asked(Ask ask) {
    return json.createObjectNode().put("prompt", ask.place()).put("sample", ask.sample());
  }
}
