package com.sutazai.platform.caller;

import com.sutazai.platform.error.ProblemException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a caller may do; the name on the wire is {@code tasks:read} for {@link #TASKS_READ}. */
public enum Scope {
  AGENTS_READ("agents:read"),
  AGENTS_WRITE("agents:write"),
  /** Tasks, workflows, schedules and their events. */
  TASKS_READ("tasks:read"),
  TASKS_WRITE("tasks:write"),
  /** Working off tasks of the own owner from outside. */
  TASKS_WORK("tasks:work"),
  /** The same for tasks of all owners. */
  TASKS_WORK_ANY("tasks:work-any"),
  DOCUMENTS_READ("documents:read"),
  DOCUMENTS_WRITE("documents:write"),
  /** Asking models, through whichever door. */
  MODELS_USE("models:use"),
  /** Loading, making and removing models. */
  MODELS_ADMIN("models:admin"),
  /** Taking leases on resources of the machine. */
  RESOURCES_USE("resources:use"),
  METRICS_READ("metrics:read"),
  /** Everything. */
  ADMIN("admin");

  private static final Set<Scope> ALL = Collections.unmodifiableSet(EnumSet.allOf(Scope.class));
  private static final Set<Scope> WITHOUT_ADMIN =
      Collections.unmodifiableSet(
          EnumSet.complementOf(EnumSet.of(ADMIN, MODELS_ADMIN, TASKS_WORK_ANY)));

  private final String text;

  Scope(String text) {
    this.text = text;
  }

  /** Its name on the wire. */
  public String text() {
    return text;
  }

  /** What an administrator may do. */
  public static Set<Scope> all() {
    return ALL;
  }

  /** What an owner may do with its own things. */
  public static Set<Scope> ofOwner() {
    return WITHOUT_ADMIN;
  }

  /** The scope of that name; empty when there is none. */
  public static Optional<Scope> find(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(scope -> scope.text.equals(lower)).findFirst();
  }

  /** Those scopes, with all that they include. */
  static Set<Scope> including(Collection<Scope> scopes) {
    if (scopes.contains(ADMIN)) {
      return ALL;
    }
    EnumSet<Scope> all = EnumSet.noneOf(Scope.class);
    all.addAll(scopes);
    if (all.contains(TASKS_WORK_ANY)) {
      all.add(TASKS_WORK);
    }
    if (all.contains(MODELS_ADMIN)) {
      all.add(MODELS_USE);
    }
    return Collections.unmodifiableSet(all);
  }

  /** Reads scopes that a caller sends; refuses one that is unknown. */
  public static Set<Scope> read(String field, @Nullable List<String> names) {
    EnumSet<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String name : names == null ? List.<String>of() : names) {
      scopes.add(find(String.valueOf(name)).orElseThrow(() -> unknown(field)));
    }
    if (scopes.isEmpty()) {
      throw unknown(field);
    }
    return Collections.unmodifiableSet(scopes);
  }

  private static ProblemException unknown(String field) {
    return ProblemException.invalid(
        field,
        "must name at least one of "
            + Arrays.stream(values()).map(Scope::text).collect(Collectors.joining(", ")));
  }
}
