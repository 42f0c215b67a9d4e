package com.sutazai.agents.hardware;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.Payload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Deletes and compresses what is old in a folder, or says what it would do. Files are looked at
 * again right before they are touched, by their names in the open folder that they were met in.
 */
final class StorageCleanup {
  static final Set<String> FIELDS =
      Set.of(
          "root",
          "dry_run",
          "what",
          "compress_logs_after_days",
          "delete_logs_after_days",
          "delete_temp_after_days",
          "max_files",
          "max_seconds");
  private static final int MOST_LISTED = 200;

  private final boolean dryRun;
  private final Set<String> what;
  private final Ages ages;
  private final FileWalk.Bounds bounds;
  private final Instant now;
  private final ArrayNode listed = JsonNodeFactory.instance.arrayNode();
  private long deletedFiles;
  private long deletedBytes;
  private long compressedFiles;
  private long compressedBefore;
  private long compressedAfter;
  private long failed;

  StorageCleanup(Payload payload, FileWalk.Bounds bounds, Instant now) {
    dryRun = payload.choice("dry_run", true);
    what = payload.some("what", List.of("logs", "temp"));
    ages = Ages.of(payload);
    this.bounds = bounds;
    this.now = now;
  }

  ObjectNode of(Path root) throws IOException, InterruptedException {
    FileWalk.Seen seen =
        new FileWalk(root, bounds, (folder, file) -> meet(root, folder, file)).walk();
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.put("root", root.toString());
    result.put("dry_run", dryRun);
    Reports.sum(result, "deleted", deletedFiles, deletedBytes);
    Reports.sum(result, "compressed", compressedFiles, compressedBefore);
    if (!dryRun) {
      result.put("freed_bytes", deletedBytes + compressedBefore - compressedAfter);
    }
    result.put("failed", failed);
    result.set("actions", listed);
    Reports.seen(result, seen);
    return result;
  }

  private void meet(Path root, OpenFolder folder, FoundFile file) throws InterruptedException {
    Optional<Ages.Due> due = ages.due(file, now).filter(this::isWanted);
    if (due.isEmpty()) {
      return;
    }
    String problem = null;
    try {
      act(folder, file, due.get());
    } catch (IOException e) {
      failed++;
      problem = e.getClass().getSimpleName() + ": " + e.getMessage();
    }
    if (listed.size() < MOST_LISTED) {
      ObjectNode item = Reports.file(root, file);
      item.put("action", Reports.label(due.get()));
      item.put("done", !dryRun && problem == null);
      item.put("problem", problem);
      listed.add(item);
    }
  }

  private boolean isWanted(Ages.Due due) {
    return what.contains(due == Ages.Due.DELETE_TEMPORARY ? "temp" : "logs");
  }

  private void act(OpenFolder folder, FoundFile file, Ages.Due due)
      throws IOException, InterruptedException {
    if (!dryRun && !file.isStill(folder.attributes(file.name()))) {
      throw new IOException("It changed since it was met.");
    }
    if (due == Ages.Due.COMPRESS_LOG) {
      long after = dryRun ? 0 : GzipInPlace.compress(folder, file);
      compressedFiles++;
      compressedBefore += file.bytes();
      compressedAfter += after;
    } else {
      if (!dryRun) {
        folder.delete(file.name());
      }
      deletedFiles++;
      deletedBytes += file.bytes();
    }
  }
}
