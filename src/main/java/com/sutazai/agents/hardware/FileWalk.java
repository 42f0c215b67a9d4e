package com.sutazai.agents.hardware;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a folder and those below it, without following symbolic links, until all files were
 * seen or a bound is reached. Folders that are never touched, and those of PostgreSQL servers, are
 * left alone.
 */
final class FileWalk {
  private static final int DEEPEST = 64;

  private final Path root;
  private final Bounds bounds;
  private final Visitor visitor;
  private long met;
  private long files;
  private long folders;
  private long bytes;
  private long links;
  private long unreadable;
  private long leftAlone;
  private @Nullable String stoppedBy;

  FileWalk(Path root, Bounds bounds, Visitor visitor) {
    this.root = root;
    this.bounds = bounds;
    this.visitor = visitor;
  }

  /** What is done with each file. */
  interface Visitor {
    void visit(OpenFolder folder, FoundFile file) throws IOException, InterruptedException;
  }

  /**
   * How far a walk goes.
   *
   * @param maxFiles files, folders and whatever else is met
   * @param deadlineNanos of {@link System#nanoTime()}
   */
  record Bounds(int maxFiles, long deadlineNanos) {
    boolean isOver() {
      return System.nanoTime() - deadlineNanos >= 0;
    }
  }

  /**
   * What was seen.
   *
   * @param links symbolic links, not followed
   * @param unreadable what could not be opened, lies too deep, or is neither file nor folder
   * @param leftAlone folders that are never touched, and those of PostgreSQL servers
   * @param stoppedBy the bound that ended the walk; null when all was seen
   */
  record Seen(
      long files,
      long folders,
      long bytes,
      long links,
      long unreadable,
      long leftAlone,
      @Nullable String stoppedBy) {}

  Seen walk() throws IOException, InterruptedException {
    try (OpenFolder folder = OpenFolder.open(root)) {
      walk(folder, Path.of(""), 0);
    }
    return new Seen(files, folders, bytes, links, unreadable, leftAlone, stoppedBy);
  }

  private void walk(OpenFolder folder, Path path, int depth)
      throws IOException, InterruptedException {
    folders++;
    List<String> names = folder.names(bounds.maxFiles() + 1);
    if (names.contains("PG_VERSION")) {
      leftAlone++;
      return;
    }
    for (String name : names) {
      if (mustStop()) {
        return;
      }
      try {
        visit(folder, path.resolve(name), name, depth);
      } catch (IOException e) {
        unreadable++;
      }
    }
  }

  private boolean mustStop() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (stoppedBy == null && met >= bounds.maxFiles()) {
      stoppedBy = "max_files";
    }
    if (stoppedBy == null && bounds.isOver()) {
      stoppedBy = "max_seconds";
    }
    return stoppedBy != null;
  }

  private void visit(OpenFolder folder, Path path, String name, int depth)
      throws IOException, InterruptedException {
    met++;
    BasicFileAttributes attributes = folder.attributes(name);
    if (attributes.isSymbolicLink()) {
      links++;
    } else if (attributes.isRegularFile()) {
      files++;
      bytes += attributes.size();
      visitor.visit(folder, FoundFile.of(path, name, attributes));
    } else if (attributes.isDirectory() && depth < DEEPEST) {
      if (Roots.isProtected(root.resolve(path))) {
        leftAlone++;
        return;
      }
      try (OpenFolder below = folder.folder(name)) {
        walk(below, path, depth + 1);
      }
    } else {
      unreadable++;
    }
  }
}
