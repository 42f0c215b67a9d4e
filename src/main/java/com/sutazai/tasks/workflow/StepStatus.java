package com.sutazai.tasks.workflow;

import java.util.Locale;

/** What a step is; the lower-case name is stored and told. */
enum StepStatus {
  PENDING,
  RUNNING,
  COMPLETED,
  FAILED,
  SKIPPED,
  CANCELLED;

  static StepStatus of(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }

  String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
