package com.sutazai.agents;

import com.sutazai.platform.caller.Scope;
import jakarta.enterprise.inject.Stereotype;
import jakarta.enterprise.util.Nonbinding;
import jakarta.inject.Qualifier;
import jakarta.inject.Singleton;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes an {@link AgentWork} an agent of this process: one class is all there is to write.
 *
 * <p>It is a qualifier, so that the container hands its values over and nothing is looked up by
 * reflection, and a stereotype, so that there is one instance and no other annotation is needed.
 */
@Qualifier
@Stereotype
@Singleton
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface TaskAgent {
  /** As many at once as there are processors, but at least two. */
  int BY_PROCESSORS = 0;

  /** Unique among built-in agents; the name of its row. */
  @Nonbinding
  String name();

  /** Kind of agent, such as {@code data}. */
  @Nonbinding
  String type();

  @Nonbinding
  String[] capabilities() default {};

  /** Task types that it runs; at least one. */
  @Nonbinding
  String[] taskTypes();

  /** What a caller must be allowed to do, beside leaving tasks, to have its tasks run. */
  @Nonbinding
  Scope[] scopes() default {};

  /** Those of its task types that change things for all owners: only an admin may submit them. */
  @Nonbinding
  String[] adminTaskTypes() default {};

  /**
   * How many tasks it runs at once in one process. By default what suits work that is all
   * computing: more at once than there are processors is only slower.
   */
  @Nonbinding
  int concurrency() default BY_PROCESSORS;
}
