package com.sutazai.agents.hardware;

import static com.sutazai.agents.hardware.Trees.file;
import static com.sutazai.agents.hardware.Trees.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.agents.Payload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageAnalysisTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  private JsonNode analyse(String payload, FileWalk.Bounds bounds) throws Exception {
    return new StorageAnalysis(Payload.of(json(payload), StorageAnalysis.FIELDS), bounds, Trees.NOW)
        .of(folder.toRealPath());
  }

  private JsonNode analyse(String payload) throws Exception {
    return analyse(payload, Trees.bounds(1000));
  }

  @Test
  void the_largest_files_come_first() throws Exception {
    // Given
    file(folder, "small", "1", 1);
    file(folder, "large", "123456", 1);
    file(folder, "deep/down/middle", "123", 1);

    // When
    JsonNode result = analyse("{'largest':2}");

    // Then
    assertThat(result.get("files").asInt()).isEqualTo(3);
    assertThat(result.get("bytes").asInt()).isEqualTo(10);
    assertThat(result.get("folders").asInt()).isEqualTo(3);
    assertThat(result.get("complete").asBoolean()).isTrue();
    assertThat(result.get("largest")).hasSize(2);
    assertThat(result.at("/largest/0/path").asText()).endsWith("/large");
    assertThat(result.at("/largest/1/path").asText()).endsWith("/deep/down/middle");
    assertThat(result.at("/largest/0/modified_at").asText()).isEqualTo("2026-05-31T12:00:00Z");
  }

  @Test
  void files_with_the_same_contents_are_found_whatever_their_names() throws Exception {
    // Given
    file(folder, "a", "the same", 1);
    file(folder, "b/c", "the same", 2);
    file(folder, "d", "not that", 1);
    Path linked = file(folder, "e", "with two names", 1);
    Files.createLink(folder.resolve("f"), linked);

    // When
    JsonNode duplicates = analyse("{}").get("duplicates");

    // Then
    assertThat(duplicates.get("complete").asBoolean()).isTrue();
    assertThat(duplicates.get("groups").asInt()).isEqualTo(1);
    assertThat(duplicates.get("wasted_bytes").asInt()).isEqualTo(8);
    assertThat(duplicates.at("/most_wasteful/0/paths")).hasSize(2);
    assertThat(duplicates.at("/most_wasteful/0/sha256").asText())
        .isEqualTo("fa0487f2dc91544ab4b9f5b1d59b7eb2bf68807a6e42cdf22fce4e0bc4b84cb2");
  }

  @Test
  void what_a_cleanup_would_take_is_counted() throws Exception {
    // Given
    file(folder, "x.log", "12345", 10);
    file(folder, "x.log.1", "123", 100);
    file(folder, "tmp/y", "1", 10);
    file(folder, "tmp/z", "1", 1);

    // When
    JsonNode old = analyse("{'duplicates':false}").get("old");

    // Then
    assertThat(old.at("/compress_log/bytes").asInt()).isEqualTo(5);
    assertThat(old.at("/delete_log/bytes").asInt()).isEqualTo(3);
    assertThat(old.at("/delete_temporary/files").asInt()).isEqualTo(1);
  }

  @Test
  void out_of_time_it_says_so() throws Exception {
    // Given
    file(folder, "x", "1", 1);
    var over = new FileWalk.Bounds(1000, System.nanoTime() - Duration.ofSeconds(1).toNanos());

    // When
    JsonNode result = analyse("{}", over);

    // Then
    assertThat(result.get("stopped_by").asText()).isEqualTo("max_seconds");
    assertThat(result.get("files").asInt()).isZero();
  }
}
