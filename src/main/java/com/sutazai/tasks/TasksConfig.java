package com.sutazai.tasks;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** Bounds on tasks. */
@ConfigMapping(prefix = "sutazai.tasks")
public interface TasksConfig {
  /** Waiting tasks of one type; past it 503 {@code queue_full}. */
  @WithDefault("100000")
  @Min(0)
  long maxWaitingPerType();

  /** Waiting tasks of one owner; the owner {@code local} has no such bound. */
  @WithDefault("10000")
  @Min(0)
  long maxWaitingPerOwner();

  /** Unmet entries of {@code depends_on} of one owner's tasks; past it 503 {@code queue_full}. */
  @WithDefault("100000")
  long maxDependenciesPerOwner();

  /** Unmet entries of {@code depends_on} of all tasks; past it 503 {@code queue_full}. */
  @WithDefault("1000000")
  long maxDependencies();

  /** Waiting tasks of {@code /process}, as in guide 5.5. */
  @WithDefault("1000")
  @Min(0)
  long processMaxWaiting();

  /** Largest payload and largest result of a task. */
  @WithDefault("1M")
  MemorySize maxPayload();

  /** Pause before the first retry; doubles with each further one, with jitter. */
  @WithDefault("1s")
  @DurationMin
  Duration retryPause();

  /** Longest pause between retries. */
  @WithDefault("60s")
  @DurationMin
  Duration maxRetryPause();

  /** How long finished tasks are kept; 0: for ever. */
  @WithDefault("30d")
  @DurationMin
  Duration keep();

  /** How long an idempotency key is remembered. */
  @WithDefault("24h")
  @DurationMin
  Duration idempotencyKeep();

  /** Schedules of one owner. */
  @WithDefault("1000")
  @Min(0)
  int maxSchedules();
}
