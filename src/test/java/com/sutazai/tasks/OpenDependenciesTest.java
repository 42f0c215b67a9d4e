package com.sutazai.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OpenDependenciesTest {
  private final UUID one = UUID.randomUUID();
  private final UUID other = UUID.randomUUID();
  private final OpenDependencies open =
      new OpenDependencies(
          new SmallRyeConfigBuilder()
              .withMapping(TasksConfig.class)
              .withDefaultValue("sutazai.tasks.max-dependencies-per-owner", "100")
              .withDefaultValue("sutazai.tasks.max-dependencies", "150")
              .withConverter(MemorySize.class, 200, new MemorySizeConverter())
              .withConverter(Duration.class, 200, new DurationConverter())
              .build()
              .getConfigMapping(TasksConfig.class));

  @Test
  void an_owner_is_refused_past_its_bound_and_told_the_key() {
    // When
    open.added(one, 60);
    open.added(one, 40);

    // Then
    assertThatThrownBy(() -> open.requireRoom(one, 1))
        .hasMessageContaining("(sutazai.tasks.max-dependencies-per-owner)")
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL));
    assertThatCode(() -> open.requireRoom(one, 0)).doesNotThrowAnyException();
    assertThatCode(() -> open.requireRoom(other, 50)).doesNotThrowAnyException();
  }

  @Test
  void all_are_refused_past_the_bound_of_all() {
    // When
    open.counted(Map.of(one, 100L, other, 20L));

    // Then
    assertThatThrownBy(() -> open.requireRoom(other, 31))
        .hasMessageContaining("(sutazai.tasks.max-dependencies)");
    assertThatCode(() -> open.requireRoom(other, 30)).doesNotThrowAnyException();
  }

  @Test
  void a_count_replaces_what_was_added() {
    // Given
    open.added(one, 100);

    // When
    open.counted(Map.of(one, 99L));

    // Then
    assertThatCode(() -> open.requireRoom(one, 1)).doesNotThrowAnyException();
  }
}
