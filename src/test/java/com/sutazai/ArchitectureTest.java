package com.sutazai;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.ProductClasses;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The twin of the table in docs/architecture.md. */
class ArchitectureTest {
  private static final String BASE = "com.sutazai.";
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("platform", Set.of()),
          Map.entry("cache", Set.of("platform")),
          Map.entry("security", Set.of("platform", "cache")),
          Map.entry("queue", Set.of("platform")),
          Map.entry("resources", Set.of("platform")),
          Map.entry("engine", Set.of("platform")),
          Map.entry("inference", Set.of("platform", "cache", "resources", "security", "engine")),
          Map.entry("graph", Set.of("platform", "security")),
          Map.entry(
              "agents",
              Set.of("platform", "cache", "resources", "queue", "inference", "graph", "security")),
          Map.entry(
              "tasks",
              Set.of(
                  "platform",
                  "cache",
                  "resources",
                  "queue",
                  "inference",
                  "agents",
                  "graph",
                  "security")),
          Map.entry("gateway", Set.of("platform", "security", "inference", "agents", "tasks")),
          Map.entry(
              "monitoring",
              Set.of(
                  "platform",
                  "cache",
                  "resources",
                  "queue",
                  "inference",
                  "graph",
                  "agents",
                  "security")),
          Map.entry("realtime", Set.of("platform", "security", "agents", "tasks", "monitoring")),
          Map.entry(
              "scaling",
              Set.of("platform", "queue", "inference", "agents", "monitoring", "security")),
          Map.entry(
              "dashboard",
              Set.of("platform", "security", "agents", "tasks", "monitoring", "scaling")));

  private static String feature(JavaClass type) {
    String rest = type.getPackageName().substring(BASE.length());
    int dot = rest.indexOf('.');
    return dot < 0 ? rest : rest.substring(0, dot);
  }

  @Test
  void packages_depend_on_each_other_as_the_table_says() {
    // Given
    Set<String> violations = new TreeSet<>();

    // When
    for (JavaClass type : ProductClasses.ALL) {
      String from = feature(type);
      type.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass())
          .filter(target -> target.getPackageName().startsWith(BASE))
          .filter(target -> !feature(target).equals(from))
          .filter(
              target ->
                  !from.equals("boot")
                      && !MAY_USE.getOrDefault(from, Set.of()).contains(feature(target)))
          .forEach(target -> violations.add(type.getName() + " -> " + target.getName()));
    }

    // Then
    assertThat(ProductClasses.ALL).hasSizeGreaterThan(30);
    assertThat(violations).isEmpty();
  }

  @Test
  void every_package_is_in_the_table() {
    assertThat(ProductClasses.ALL.stream().map(ArchitectureTest::feature).distinct())
        .allMatch(name -> name.equals("boot") || MAY_USE.containsKey(name));
  }

  @Test
  void only_platform_sql_knows_the_database_client() {
    assertThat(
            ProductClasses.ALL.stream()
                .filter(type -> !type.getPackageName().equals("com.sutazai.platform.sql"))
                .filter(
                    type ->
                        type.getDirectDependenciesFromSelf().stream()
                            .anyMatch(
                                dependency ->
                                    dependency
                                            .getTargetClass()
                                            .getPackageName()
                                            .startsWith("io.vertx.pgclient")
                                        || dependency
                                            .getTargetClass()
                                            .getSimpleName()
                                            .equals("SqlConnection")
                                        || dependency
                                            .getTargetClass()
                                            .getName()
                                            .equals("io.vertx.sqlclient.Pool"))))
        .isEmpty();
  }
}
