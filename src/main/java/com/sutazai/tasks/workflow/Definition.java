package com.sutazai.tasks.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import com.sutazai.tasks.StepTasks;
import com.sutazai.tasks.workflow.NewWorkflow.NewStep;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Decides whether a workflow is taken: each field by its rule, and all of it before any begins. */
@ApplicationScoped
class Definition {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private final StepTasks tasks;
  private final WorkflowsConfig config;

  Definition(StepTasks tasks, WorkflowsConfig config) {
    this.tasks = tasks;
    this.config = config;
  }

  /**
   * A workflow that may be stored.
   *
   * @param waves the steps that can be at work at once, wave after wave
   */
  record Checked(NewWorkflow workflow, List<List<String>> waves) {}

  Checked checked(Caller caller, @Nullable SubmitWorkflow ask) {
    if (ask == null) {
      throw ProblemException.invalid(
          "body", "is required: send a JSON object with at least name and steps");
    }
    List<SubmitWorkflow.Step> steps = steps(ask.steps());
    List<String> ids = ids(steps);
    Graph graph = new Graph(ids, dependencies(steps, ids));
    graph.cycle().ifPresent(Definition::refuseCycle);
    List<NewStep> checked =
        IntStream.range(0, steps.size())
            .mapToObj(i -> step(caller, graph, ids.get(i), steps.get(i), "steps[" + i + "]."))
            .toList();
    NewWorkflow workflow =
        new NewWorkflow(
            Check.text("name", ask.name(), 255),
            description(ask.description()),
            input(ask.input()),
            Check.range("max_parallel", ask.maxParallel(), 1, 50, 5),
            word("on_failure", ask.onFailure(), NewWorkflow.FAIL, NewWorkflow.CONTINUE),
            checked);
    return new Checked(workflow, graph.waves());
  }

  private List<SubmitWorkflow.Step> steps(@Nullable List<SubmitWorkflow.Step> steps) {
    if (steps == null || steps.isEmpty()) {
      throw ProblemException.invalid("steps", "must be an array of at least one step");
    }
    if (steps.size() > config.maxSteps()) {
      throw ProblemException.invalid(
          "steps",
          "must have at most "
              + config.maxSteps()
              + " entries (sutazai.workflows.max-steps), has "
              + steps.size());
    }
    if (steps.contains(null)) {
      throw ProblemException.invalid("steps", "must not contain null");
    }
    return steps;
  }

  private static List<String> ids(List<SubmitWorkflow.Step> steps) {
    Map<String, Integer> places = new HashMap<>();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      String id = steps.get(i).id();
      String field = "steps[" + i + "].id";
      if (id == null || !ID.matcher(id).matches()) {
        throw ProblemException.invalid(field, "must be 1 to 64 letters, digits, _ and -");
      }
      Integer first = places.putIfAbsent(id, i);
      if (first != null) {
        throw ProblemException.invalid(field, "is the id of steps[" + first + "] already: " + id);
      }
      ids.add(id);
    }
    return ids;
  }

  private static List<List<String>> dependencies(
      List<SubmitWorkflow.Step> steps, List<String> ids) {
    Set<String> known = Set.copyOf(ids);
    List<List<String>> all = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      List<String> needed = steps.get(i).dependsOn();
      List<String> each = needed == null ? List.of() : needed;
      for (int j = 0; j < each.size(); j++) {
        String id = each.get(j);
        if (id == null || !known.contains(id)) {
          String shown = id == null || id.length() <= 64 ? String.valueOf(id) : id.substring(0, 64);
          throw ProblemException.invalid(
              "steps[" + i + "].depends_on[" + j + "]", "is the id of no step: " + shown);
        }
      }
      all.add(each.stream().distinct().toList());
    }
    return all;
  }

  private static void refuseCycle(List<String> cycle) {
    throw new ProblemException(
        ErrorCode.WORKFLOW_CYCLE,
        "steps depend on each other in a circle, so none of them could begin: "
            + String.join(" → ", cycle)
            + "; take one of these out of depends_on.");
  }

  private NewStep step(Caller caller, Graph graph, String id, SubmitWorkflow.Step step, String at) {
    JsonNode payload =
        step.payload() == null ? JsonNodeFactory.instance.objectNode() : step.payload();
    for (Reference reference : Template.of(payload, at + "payload").references()) {
      requireBefore(graph, id, reference, at + "payload");
    }
    StepTasks.Checked task =
        tasks.checked(
            caller,
            new StepTasks.Ask(
                step.type(),
                payload,
                step.agentId(),
                step.requiredCapabilities(),
                step.priority(),
                step.timeoutSeconds(),
                step.maxRetries()),
            at);
    return new NewStep(
        id,
        task.type(),
        task.payload(),
        step.dependsOn() == null ? List.of() : step.dependsOn().stream().distinct().toList(),
        task.requiredAgent(),
        task.requiredCapabilities(),
        task.priority(),
        task.timeoutSeconds(),
        task.maxRetries(),
        word(at + "on_failure", step.onFailure(), NewWorkflow.FAIL, NewWorkflow.SKIP),
        word(at + "on_skipped", step.onSkipped(), NewWorkflow.SKIP, NewWorkflow.RUN));
  }

  private static void requireBefore(Graph graph, String id, Reference reference, String field) {
    String other = reference.step();
    if (other == null) {
      return;
    }
    if (!graph.has(other)) {
      throw ProblemException.invalid(
          field, "refers to {{" + reference + "}}, but no step has that id");
    }
    if (!graph.comesAfter(id, other)) {
      throw ProblemException.invalid(
          field,
          "refers to {{"
              + reference
              + "}}, but does not wait for it; put "
              + other
              + " into its depends_on");
    }
  }

  private static @Nullable String description(@Nullable String text) {
    return text == null || text.isBlank() ? null : Check.text("description", text, 2000);
  }

  private String input(@Nullable JsonNode input) {
    if (input == null || input.isNull()) {
      return "{}";
    }
    if (!input.isObject()) {
      throw ProblemException.invalid("input", "must be a JSON object");
    }
    return Check.document(
        "input", input.toString(), (int) tasks.mostBytes(), "sutazai.tasks.max-payload");
  }

  private static String word(String field, @Nullable String value, String byDefault, String other) {
    if (value == null) {
      return byDefault;
    }
    Check.oneOf(field, value, byDefault, other);
    return value;
  }
}
