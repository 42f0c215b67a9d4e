package com.sutazai.tasks.workflow;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A checked workflow that is to be stored.
 *
 * @param input JSON text of an object
 */
record NewWorkflow(
    String name,
    @Nullable String description,
    String input,
    int maxParallel,
    String onFailure,
    List<NewStep> steps) {
  static final String FAIL = "fail";
  static final String CONTINUE = "continue";
  static final String SKIP = "skip";
  static final String RUN = "run";

  NewWorkflow {
    steps = List.copyOf(steps);
  }

  /**
   * A checked step.
   *
   * @param payload JSON text, with placeholders
   */
  record NewStep(
      String id,
      String type,
      String payload,
      List<String> dependsOn,
      @Nullable UUID agentId,
      List<String> requiredCapabilities,
      int priority,
      int timeoutSeconds,
      int maxRetries,
      String onFailure,
      String onSkipped) {}
}
