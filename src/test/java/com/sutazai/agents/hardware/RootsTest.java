package com.sutazai.agents.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.platform.error.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RootsTest {
  private static final String KEY = "sutazai.agents.hardware.roots";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  @SuppressWarnings("NullAway.Init")
  private Path allowed;

  @BeforeEach
  void anAllowedFolder() throws IOException {
    allowed = Files.createDirectories(folder.toRealPath().resolve("allowed"));
    Files.createDirectories(allowed.resolve("inside"));
    Files.createDirectories(folder.resolve("beside"));
  }

  private Path require(@Nullable String asked, Object... roots) {
    return new Roots(KEY, Optional.of(List.of(roots).stream().map(Object::toString).toList()))
        .require(asked);
  }

  private void assertRefused(String rule, @Nullable String asked, Object... roots) {
    assertThatThrownBy(() -> require(asked, roots))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining(rule);
  }

  @Test
  void without_a_setting_nothing_is_allowed() {
    assertThatThrownBy(() -> new Roots(KEY, Optional.empty()).require("/tmp"))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("set " + KEY);
  }

  @Test
  void what_is_set_and_what_is_inside_is_allowed() {
    assertThat(require(null, allowed)).isEqualTo(allowed);
    assertThat(require(allowed + "/inside", allowed)).isEqualTo(allowed.resolve("inside"));
    assertThat(require(allowed + "/inside/..", allowed)).isEqualTo(allowed);
  }

  @Test
  void what_leads_out_is_refused() throws IOException {
    // Given
    Files.createSymbolicLink(allowed.resolve("link"), folder.resolve("beside"));

    // Then
    assertRefused("inside of one", allowed + "/../beside", allowed);
    assertRefused("inside of one", allowed + "/link", allowed);
    assertRefused("inside of one", "/", allowed);
    assertRefused("absolute path", "inside", allowed);
    assertRefused("absolute path", allowed + "/missing", allowed);
    assertRefused("absolute path", "\0", allowed);
    assertRefused("is required: one of", null, allowed, folder.resolve("beside"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/etc", "/usr", "/usr/bin", "/bin", "/sbin", "/proc", "/sys", "/dev"})
  void folders_of_the_system_are_refused_even_when_they_are_set(String system) {
    assertRefused("never touched", system, system);
  }

  @Test
  void a_link_to_a_folder_of_the_system_is_that_folder() throws IOException {
    // Given
    Path link = Files.createSymbolicLink(folder.resolve("innocent"), Path.of("/etc"));

    // Then
    assertRefused("never touched", link.toString(), link);
  }

  @Test
  void folders_of_people_are_protected() {
    assertThat(Roots.isProtected(Path.of("/home/anna/Documents/letters"))).isTrue();
    assertThat(Roots.isProtected(Path.of("/root/Desktop"))).isTrue();
    assertThat(Roots.isProtected(Path.of("/home/anna/.cache"))).isFalse();
    assertThat(Roots.isProtected(Path.of("/var/log"))).isFalse();
  }
}
