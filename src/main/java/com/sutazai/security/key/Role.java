package com.sutazai.security.key;

import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.error.ProblemException;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a user is: a name for scopes. */
public enum Role {
  /** Sees what belongs to its owner, and the measurements. */
  VIEWER(EnumSet.of(Scope.AGENTS_READ, Scope.TASKS_READ, Scope.DOCUMENTS_READ, Scope.METRICS_READ)),
  /** Does all that an owner may do with its own things. */
  USER(Scope.ofOwner()),
  ADMINISTRATOR(Scope.all());

  private final Set<Scope> scopes;

  Role(Set<Scope> scopes) {
    this.scopes = Set.copyOf(scopes);
  }

  /** What those of the names open that are roles or scopes. */
  public static Set<Scope> scopes(Collection<String> names) {
    Set<Scope> all = EnumSet.noneOf(Scope.class);
    for (String name : names) {
      find(name).ifPresent(role -> all.addAll(role.scopes));
      Scope.find(name).ifPresent(all::add);
    }
    return all;
  }

  /** Its name on the wire. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Role> find(String name) {
    return Arrays.stream(values()).filter(role -> role.text().equals(name)).findFirst();
  }

  /** Names of roles that a caller sends; {@code user} when left out. */
  static List<String> read(String field, @Nullable List<String> names) {
    if (names == null || names.isEmpty()) {
      return List.of(USER.text());
    }
    for (String name : names) {
      if (find(String.valueOf(name)).isEmpty()) {
        throw ProblemException.invalid(
            field, "must name some of " + Arrays.stream(values()).map(Role::text).toList());
      }
    }
    return List.copyOf(names);
  }
}
