package com.sutazai.agents.hardware;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.Payload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What fills a folder: its largest files, files with the same contents, old logs and leavings. */
final class StorageAnalysis {
  static final Set<String> FIELDS =
      Set.of(
          "root",
          "largest",
          "duplicates",
          "min_duplicate_bytes",
          "compress_logs_after_days",
          "delete_logs_after_days",
          "delete_temp_after_days",
          "max_files",
          "max_seconds");
  private static final int MOST_GROUPS = 100;
  private static final int MOST_PATHS = 20;

  private final Largest largest;
  private final Duplicates duplicates;
  private final boolean withDuplicates;
  private final int minDuplicateBytes;
  private final Ages ages;
  private final FileWalk.Bounds bounds;
  private final Instant now;
  private final Map<Ages.Due, Old> old = new EnumMap<>(Ages.Due.class);

  StorageAnalysis(Payload payload, FileWalk.Bounds bounds, Instant now) {
    largest = new Largest(payload.whole("largest", 1, 100, 20));
    withDuplicates = payload.choice("duplicates", true);
    minDuplicateBytes = payload.whole("min_duplicate_bytes", 1, Integer.MAX_VALUE, 1);
    ages = Ages.of(payload);
    duplicates = new Duplicates(bounds);
    this.bounds = bounds;
    this.now = now;
    for (Ages.Due due : Ages.Due.values()) {
      old.put(due, new Old());
    }
  }

  private static final class Old {
    private long files;
    private long bytes;
  }

  /** Looks at all files below the root. */
  ObjectNode of(Path root) throws IOException, InterruptedException {
    FileWalk.Seen seen = new FileWalk(root, bounds, (folder, file) -> meet(file)).walk();
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.put("root", root.toString());
    Reports.seen(result, seen);
    ArrayNode files = result.putArray("largest");
    largest.files().forEach(file -> files.add(Reports.file(root, file)));
    ObjectNode counted = result.putObject("old");
    old.forEach((due, sum) -> Reports.sum(counted, Reports.label(due), sum.files, sum.bytes));
    if (withDuplicates) {
      addDuplicates(result.putObject("duplicates"), root);
    }
    return result;
  }

  private void meet(FoundFile file) {
    largest.add(file);
    if (withDuplicates && file.bytes() >= minDuplicateBytes) {
      duplicates.add(file);
    }
    ages.due(file, now)
        .map(old::get)
        .ifPresent(
            sum -> {
              sum.files++;
              sum.bytes += file.bytes();
            });
  }

  private void addDuplicates(ObjectNode node, Path root) throws IOException, InterruptedException {
    List<Duplicates.Group> groups = duplicates.groups(root);
    node.put("complete", duplicates.isComplete());
    node.put("groups", groups.size());
    node.put("wasted_bytes", groups.stream().mapToLong(Duplicates.Group::wasted).sum());
    ArrayNode items = node.putArray("most_wasteful");
    groups.stream()
        .limit(MOST_GROUPS)
        .forEach(
            group -> {
              ObjectNode item = items.addObject();
              item.put("sha256", group.sha256());
              item.put("bytes", group.bytes());
              item.put("files", group.files().size());
              item.put("wasted_bytes", group.wasted());
              ArrayNode paths = item.putArray("paths");
              group.files().stream()
                  .limit(MOST_PATHS)
                  .forEach(file -> paths.add(root.resolve(file.path()).toString()));
            });
  }
}
