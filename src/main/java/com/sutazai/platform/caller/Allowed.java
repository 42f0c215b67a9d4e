package com.sutazai.platform.caller;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.model.ModelTag;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which models a caller may ask and which types of tasks it may submit, beside what its scopes say.
 *
 * @param models by name; all when empty
 * @param taskTypes all when empty
 */
public record Allowed(Set<String> models, Set<String> taskTypes) {
  /** Any model and any type. */
  public static final Allowed ANY = new Allowed(Set.of(), Set.of());

  public Allowed {
    models = Set.copyOf(models);
    taskTypes = Set.copyOf(taskTypes);
  }

  /** Whether the model may be asked; {@code tiny} and {@code tiny:latest} are one. */
  public boolean model(String name) {
    return models.isEmpty() || ModelTag.spellings(name).stream().anyMatch(models::contains);
  }

  /**
   * Refuses a model that may not be asked.
   *
   * @param name null for the configured one, which the caller has to name if it may ask only some
   */
  public void requireModel(@Nullable String name) {
    if (models.isEmpty() || name != null && model(name)) {
      return;
    }
    throw new ProblemException(
        ErrorCode.FORBIDDEN,
        (name == null ? "This key has to name a model" : "This key may not ask the model " + name)
            + "; it may ask "
            + models.stream().sorted().toList()
            + ".");
  }

  /** Refuses a task of a type that may not be submitted. */
  public void requireTaskType(String type) {
    if (!taskTypes.isEmpty() && !taskTypes.contains(type)) {
      throw new ProblemException(
          ErrorCode.FORBIDDEN,
          "This key may not submit tasks of type "
              + type
              + "; it may submit "
              + taskTypes.stream().sorted().toList()
              + ".");
    }
  }
}
