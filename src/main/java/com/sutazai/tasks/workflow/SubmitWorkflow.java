package com.sutazai.tasks.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A workflow as a caller asks for it; {@code name} and {@code steps} are required.
 *
 * @param description at most 2,000 characters
 * @param input an object that payloads refer to as {@code {{input.path}}}; empty by default
 * @param maxParallel steps that are at work at once, 1 to 50; 5 by default
 * @param onFailure what a failed step does: {@code fail} (by default) lets no further step begin,
 *     {@code continue} lets those go on that do not need it; either way the workflow ends as failed
 */
@RegisterForReflection
record SubmitWorkflow(
    @Nullable String name,
    @Nullable String description,
    @Nullable JsonNode input,
    @Nullable Integer maxParallel,
    @Schema(enumeration = {"fail", "continue"}) @Nullable String onFailure,
    @Nullable List<Step> steps) {

  /**
   * One step; {@code id} and {@code type} are required, the rest is as for a task.
   *
   * @param id 1 to 64 letters, digits, {@code _} and {@code -}; unique in the workflow
   * @param payload may hold {@code {{steps.id.result.path}}} of steps that it depends on, directly
   *     or not, and {@code {{input.path}}}
   * @param dependsOn ids of steps that must have ended before
   * @param onFailure {@code fail} (by default), or {@code skip}: its failure counts as skipped, and
   *     the workflow goes on
   * @param onSkipped when one that it depends on was skipped: {@code skip} (by default) it too, or
   *     {@code run} it
   */
  @RegisterForReflection
  record Step(
      @Nullable String id,
      @Nullable String type,
      @Nullable JsonNode payload,
      @Nullable List<String> dependsOn,
      @Nullable String agentId,
      @Nullable List<String> requiredCapabilities,
      @Nullable Integer priority,
      @Nullable Integer timeoutSeconds,
      @Nullable Integer maxRetries,
      @Schema(enumeration = {"fail", "skip"}) @Nullable String onFailure,
      @Schema(enumeration = {"skip", "run"}) @Nullable String onSkipped) {}
}
