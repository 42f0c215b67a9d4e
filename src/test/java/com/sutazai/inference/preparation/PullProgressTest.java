package com.sutazai.inference.preparation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PullProgressTest {
  private long now;
  private final PullProgress progress = new PullProgress(() -> now);

  private static JsonNode part(String digest, long completed) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("status", "pulling " + digest)
        .put("digest", digest)
        .put("total", 600_000_000)
        .put("completed", completed);
  }

  @Test
  void it_says_the_sum_of_all_parts_once_in_five_seconds() {
    // Given
    progress.take(part("a", 600_000_000));
    progress.take(part("b", 1_000_000));
    now = Duration.ofSeconds(5).toNanos();

    // When
    var said = progress.take(part("b", 50_000_000));
    var again = progress.take(part("b", 60_000_000));

    // Then
    assertThat(said).hasValue("650 of 1200 MB, pulling b");
    assertThat(again).isEmpty();
  }

  @Test
  void without_parts_it_says_what_is_done() {
    // Given
    now = Duration.ofSeconds(6).toNanos();

    // When
    var said =
        progress.take(JsonNodeFactory.instance.objectNode().put("status", "pulling manifest"));

    // Then
    assertThat(said).hasValue("pulling manifest");
  }
}
