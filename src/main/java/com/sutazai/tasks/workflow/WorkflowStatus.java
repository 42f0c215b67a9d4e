package com.sutazai.tasks.workflow;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a workflow is; the lower-case name is stored and told. */
enum WorkflowStatus {
  RUNNING,
  /** No further step begins; those that run go on. */
  PAUSED,
  COMPLETED,
  FAILED,
  CANCELLED;

  static final List<String> CODES = Arrays.stream(values()).map(WorkflowStatus::code).toList();

  static WorkflowStatus of(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }

  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean ended() {
    return this != RUNNING && this != PAUSED;
  }
}
