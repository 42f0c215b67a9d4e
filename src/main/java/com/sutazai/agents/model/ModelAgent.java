package com.sutazai.agents.model;

import static java.util.stream.Collectors.toUnmodifiableSet;

import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.BuiltInAgent;
import com.sutazai.inference.Inference;
import com.sutazai.platform.caller.Scope;
import io.quarkus.arc.All;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Asks models, and has things done to them: each task goes to the class that does its type. */
@Singleton
class ModelAgent implements BuiltInAgent {
  private final Map<String, ModelTask> tasks = new HashMap<>();
  private final Set<String> adminTaskTypes;
  private final Inference inference;

  ModelAgent(@All List<ModelTask> tasks, Inference inference) {
    tasks.forEach(task -> task.types().forEach(type -> this.tasks.put(type, task)));
    adminTaskTypes =
        tasks.stream()
            .filter(ModelTask::forAdmins)
            .flatMap(task -> task.types().stream())
            .collect(toUnmodifiableSet());
    this.inference = inference;
  }

  @Override
  public String name() {
    return "ollama-integration-specialist";
  }

  @Override
  public String type() {
    return "inference";
  }

  @Override
  public List<String> capabilities() {
    return List.of("inference", "text_generation", "chat", "embeddings", "model_management");
  }

  @Override
  public Set<String> taskTypes() {
    return Set.copyOf(tasks.keySet());
  }

  @Override
  public Set<String> adminTaskTypes() {
    return adminTaskTypes;
  }

  @Override
  public Set<Scope> scopes(String taskType) {
    return Set.of(Scope.MODELS_USE);
  }

  @Override
  public int concurrency() {
    return inference.maxConcurrent();
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    return Objects.requireNonNull(tasks.get(call.taskType())).run(call);
  }
}
