package com.sutazai.platform.caller;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a caller needs for a route: one of these stands on each resource's class or method, and both
 * count where both have one. They are bindings without values because a native image knows no
 * values of annotations.
 */
public final class Requires {
  private Requires() {}

  /** Anybody may ask, without credentials too where the gate lets them in. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  public @interface Nothing {}

  /** {@link Scope#AGENTS_READ}. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  public @interface AgentsRead {}

  /** {@link Scope#AGENTS_WRITE}. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  public @interface AgentsWrite {}

  /** {@link Scope#TASKS_READ}. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  public @interface TasksRead {}

  /** {@link Scope#TASKS_WRITE}. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  public @interface TasksWrite {}

  /** {@link Scope#TASKS_WORK}. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  public @interface TasksWork {}

  /** {@link Scope#DOCUMENTS_READ}. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  public @interface DocumentsRead {}

  /** {@link Scope#DOCUMENTS_WRITE}. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  public @interface DocumentsWrite {}

  /** {@link Scope#MODELS_USE}. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  public @interface ModelsUse {}

  /** {@link Scope#MODELS_ADMIN}. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  public @interface ModelsAdmin {}

  /** {@link Scope#RESOURCES_USE}. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  public @interface ResourcesUse {}

  /** {@link Scope#METRICS_READ}. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  public @interface MetricsRead {}

  /** {@link Scope#ADMIN}. */
  @NameBinding
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  public @interface Admin {}
}
