package com.sutazai.agents.hardware;

import static com.sutazai.agents.hardware.Trees.file;
import static com.sutazai.agents.hardware.Trees.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.agents.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageCleanupTest {
  private static final String APPLY = "{'dry_run':false}";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  @SuppressWarnings("NullAway.Init")
  private Path root;

  @SuppressWarnings("NullAway.Init")
  private Path outside;

  @BeforeEach
  void aFolderWithOldAndNewFiles() throws IOException {
    Path real = folder.toRealPath();
    root = real.resolve("root");
    outside = Files.createDirectories(real.resolve("outside"));
    file(root, "app/server.log", "day by day\n".repeat(1000), 8);
    file(root, "app/young.log", "young", 6);
    file(root, "app/ancient.log.1", "ancient", 91);
    file(root, "app/ancient.log.2.gz", "not really", 91);
    file(root, "app/packed.log.3.gz", "not really", 60);
    file(root, "upload.tmp", "temporary", 8);
    file(root, "young.tmp", "temporary", 6);
    file(root, "cache/tmp/part", "temporary", 8);
    file(root, "photo.jpg", "kept", 900);
    file(root, "catalog", "kept", 900);
  }

  private JsonNode clean(String payload) throws Exception {
    return new StorageCleanup(
            Payload.of(json(payload), StorageCleanup.FIELDS), Trees.bounds(1000), Trees.NOW)
        .of(root);
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void only_what_is_old_and_a_log_or_temporary_goes() throws Exception {
    // When
    JsonNode result = clean(APPLY);

    // Then
    assertThat(left())
        .containsExactly(
            "app/packed.log.3.gz",
            "app/server.log.gz",
            "app/young.log",
            "catalog",
            "photo.jpg",
            "young.tmp");
    assertThat(result.at("/deleted/files").asInt()).isEqualTo(4);
    assertThat(result.at("/deleted/bytes").asInt()).isEqualTo(7 + 10 + 9 + 9);
    assertThat(result.at("/compressed/files").asInt()).isEqualTo(1);
    long compressed = Files.size(root.resolve("app/server.log.gz"));
    assertThat(result.get("freed_bytes").asLong()).isEqualTo(35 + 11_000 - compressed);
    assertThat(result.get("failed").asInt()).isZero();
  }

  @Test
  void a_compressed_log_has_the_contents_time_and_permissions_of_the_log() throws Exception {
    // Given
    Path log = root.resolve("app/server.log");
    Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-r-----"));
    var modified = Files.getLastModifiedTime(log);

    // When
    clean(APPLY);

    // Then
    Path compressed = root.resolve("app/server.log.gz");
    try (var in = new GZIPInputStream(Files.newInputStream(compressed))) {
      assertThat(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
          .isEqualTo("day by day\n".repeat(1000));
    }
    assertThat(Files.getLastModifiedTime(compressed)).isEqualTo(modified);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(compressed)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void what_a_killed_run_left_half_written_is_no_hindrance() throws Exception {
    // Given
    file(root, "app/server.log.gz.sutazai-partial", "half", 1);

    // When
    clean(APPLY);

    // Then
    assertThat(root.resolve("app/server.log.gz")).exists();
    assertThat(root.resolve("app/server.log")).doesNotExist();
    assertThat(root.resolve("app/server.log.gz.sutazai-partial")).doesNotExist();
  }

  @Test
  void a_compressed_log_belongs_to_whom_the_log_belonged() throws Exception {
    // Given: only the superuser may give a file away
    Path log = root.resolve("app/server.log");
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    Files.setAttribute(log, "unix:gid", 4);
    Files.setAttribute(log, "unix:uid", 33);

    // When
    clean(APPLY);

    // Then
    Path compressed = root.resolve("app/server.log.gz");
    assertThat(Files.getAttribute(compressed, "unix:gid")).isEqualTo(4);
    assertThat(Files.getAttribute(compressed, "unix:uid")).isEqualTo(33);
  }

  @Test
  void nothing_changes_unless_it_is_said() throws Exception {
    // Given
    List<String> before = left();

    // When
    JsonNode result = clean("{}");

    // Then
    assertThat(left()).isEqualTo(before);
    assertThat(result.get("dry_run").asBoolean()).isTrue();
    assertThat(result.at("/deleted/files").asInt()).isEqualTo(4);
    assertThat(result.has("freed_bytes")).isFalse();
    assertThat(result.get("actions")).hasSize(5);
    assertThat(result.at("/actions/0/done").asBoolean()).isFalse();
  }

  @Test
  void one_kind_alone_is_cleaned_when_only_that_is_named() throws Exception {
    // When
    JsonNode result = clean("{'dry_run':false,'what':['temp'],'delete_temp_after_days':1}");

    // Then
    assertThat(result.at("/deleted/files").asInt()).isEqualTo(3);
    assertThat(left()).contains("app/ancient.log.1", "app/server.log").doesNotContain("young.tmp");
  }

  @Test
  void what_a_symbolic_link_points_to_survives() throws Exception {
    // Given
    Path log = file(outside, "other.log", "other", 500);
    Path temporary = file(outside, "tmp/other.tmp", "other", 500);
    Files.createSymbolicLink(root.resolve("link.log"), log);
    Files.createSymbolicLink(root.resolve("app/out"), outside);

    // When
    JsonNode result = clean(APPLY);

    // Then
    assertThat(log).exists();
    assertThat(temporary).exists();
    assertThat(root.resolve("link.log")).isSymbolicLink();
    assertThat(result.at("/skipped/symbolic_links").asInt()).isEqualTo(2);
  }

  @Test
  void a_folder_that_becomes_a_symbolic_link_on_the_way_is_not_entered() throws Exception {
    // Given
    Path log = file(outside, "other.log", "other", 500);
    file(root, "first/a.log", "a", 1);
    file(root, "second/b.log", "b", 1);
    var seen = new java.util.ArrayList<String>();

    // When
    FileWalk.Seen result =
        new FileWalk(
                root,
                Trees.bounds(1000),
                (open, met) -> {
                  seen.add(met.path().toString());
                  swapTheOther(met);
                  if (FileKinds.isLog(met)
                      && met.isOlderThan(java.time.Duration.ofDays(90), Trees.NOW)) {
                    open.delete(met.name());
                  }
                })
            .walk();

    // Then
    assertThat(log).exists();
    assertThat(seen).doesNotContain("first/other.log", "second/other.log");
    assertThat(result.links() + result.unreadable()).isEqualTo(1);
  }

  /** While a file of one folder is at hand, the other folder is swapped for a link to outside. */
  private void swapTheOther(FoundFile met) throws IOException {
    String path = met.path().toString();
    if (path.equals("first/a.log") || path.equals("second/b.log")) {
      Path other = root.resolve(path.startsWith("first") ? "second" : "first");
      Files.move(other, folder.resolve("moved"));
      Files.createSymbolicLink(other, outside);
    }
  }

  @Test
  void a_folder_swapped_while_it_is_open_is_still_the_one_that_was_opened() throws Exception {
    // Given
    file(root, "open/x.log", "x", 100);
    Path victim = file(outside, "x.log", "x", 100);

    // When
    new FileWalk(
            root,
            Trees.bounds(1000),
            (open, met) -> {
              if (met.path().equals(Path.of("open/x.log"))) {
                Files.move(root.resolve("open"), root.resolve("moved"));
                Files.createSymbolicLink(root.resolve("open"), outside);
                open.delete(met.name());
              }
            })
        .walk();

    // Then
    assertThat(victim).exists();
    assertThat(root.resolve("moved/x.log")).doesNotExist();
  }

  @Test
  void a_file_that_changed_since_it_was_met_is_left() throws Exception {
    // Given
    FoundFile[] met = new FoundFile[1];
    new FileWalk(root, Trees.bounds(1000), (open, each) -> met[0] = name(each, met[0])).walk();

    // When
    file(root, "upload.tmp", "longer than before", 8);

    // Then
    try (OpenFolder open = OpenFolder.open(root)) {
      assertThat(met[0].isStill(open.attributes("upload.tmp"))).isFalse();
    }
  }

  private static FoundFile name(FoundFile each, FoundFile known) {
    return each.name().equals("upload.tmp") ? each : known;
  }

  @Test
  void a_log_is_kept_when_its_compressed_name_is_taken() throws Exception {
    // Given
    file(root, "app/server.log.gz", "taken", 1);

    // When
    JsonNode result = clean(APPLY);

    // Then
    assertThat(left()).contains("app/server.log");
    assertThat(root.resolve("app/server.log.gz")).hasContent("taken");
    assertThat(result.get("failed").asInt()).isEqualTo(1);
    assertThat(result.get("actions").toString()).contains("FileAlreadyExistsException");
  }

  @Test
  void the_folder_of_a_database_is_left_alone() throws Exception {
    // Given
    file(root, "postgres/PG_VERSION", "18", 500);
    file(root, "postgres/server.log", "of a database", 500);
    file(root, "postgres/base/tmp/1", "of a database", 500);

    // When
    JsonNode result = clean(APPLY);

    // Then
    assertThat(left()).contains("postgres/server.log", "postgres/base/tmp/1");
    assertThat(result.at("/skipped/left_alone").asInt()).isEqualTo(1);
  }

  @Test
  void no_more_files_are_looked_at_than_allowed() throws Exception {
    // When
    JsonNode result =
        new StorageCleanup(
                Payload.of(json(APPLY), StorageCleanup.FIELDS), Trees.bounds(3), Trees.NOW)
            .of(root);

    // Then
    assertThat(result.get("files").asInt()).isLessThanOrEqualTo(3);
    assertThat(result.get("complete").asBoolean()).isFalse();
    assertThat(result.get("stopped_by").asText()).isEqualTo("max_files");
  }
}
