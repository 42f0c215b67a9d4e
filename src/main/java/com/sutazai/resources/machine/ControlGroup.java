package com.sutazai.resources.machine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The group of this process under one controller.
 *
 * @param unified whether it is of version 2
 * @param folders its own first, then those above it up to the mount: a limit of each holds
 */
record ControlGroup(boolean unified, List<Path> folders) {
  ControlGroup {
    folders = List.copyOf(folders);
  }

  SystemFile file(String name) {
    return new SystemFile(folders.getFirst().resolve(name));
  }

  /** The files of that name in its own folder and those above. */
  Stream<SystemFile> all(String name) {
    return folders.stream().map(folder -> new SystemFile(folder.resolve(name)));
  }

  /**
   * The group under a controller such as {@code memory}: of version 2 where its files are there,
   * else of version 1; empty where there is none.
   *
   * @param file that a group with the controller has in version 2
   */
  static Optional<ControlGroup> find(Path proc, String controller, String file) {
    Optional<ControlGroup> unified =
        path(proc, "").flatMap(path -> mount(proc, "cgroup2", "", path, true));
    if (unified.isPresent() && unified.get().all(file).anyMatch(ControlGroup::exists)) {
      return unified;
    }
    return path(proc, controller).flatMap(path -> mount(proc, "cgroup", controller, path, false));
  }

  private static boolean exists(SystemFile file) {
    return Files.exists(file.path());
  }

  /** From lines such as {@code 4:memory:/docker/1a} and, for version 2, {@code 0::/docker/1a}. */
  private static Optional<String> path(Path proc, String controller) {
    return new SystemFile(proc.resolve("self/cgroup"))
        .lines().stream()
            .map(line -> line.split(":", 3))
            .filter(
                parts ->
                    parts.length == 3
                        && (controller.isEmpty()
                            ? parts[1].isEmpty()
                            : List.of(parts[1].split(",", -1)).contains(controller)))
            .map(parts -> parts[2])
            .findFirst();
  }

  /** From lines such as {@code 35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory}. */
  private static Optional<ControlGroup> mount(
      Path proc, String fileSystem, String controller, String path, boolean unified) {
    return new SystemFile(proc.resolve("self/mountinfo"))
        .lines().stream()
            .map(line -> line.split(" ", -1))
            .filter(words -> isMount(words, fileSystem, controller))
            .map(words -> new ControlGroup(unified, levels(words[4], words[3], path)))
            .findFirst();
  }

  private static boolean isMount(String[] words, String fileSystem, String controller) {
    int dash = List.of(words).indexOf("-");
    return dash > 4
        && words.length > dash + 3
        && words[dash + 1].equals(fileSystem)
        && (controller.isEmpty() || List.of(words[dash + 3].split(",", -1)).contains(controller));
  }

  /** In a container the mount may show the own group, or one above it, as its top. */
  private static List<Path> levels(String mountPoint, String root, String path) {
    Path top = Path.of(mountPoint);
    String below =
        !root.equals("/") && path.startsWith(root) ? path.substring(root.length()) : path;
    Path own = top.resolve(below.replaceFirst("^/+", "")).normalize();
    List<Path> levels = new ArrayList<>();
    for (Path at = own; at != null && at.startsWith(top) && !at.equals(top); at = at.getParent()) {
      if (Files.isDirectory(at)) {
        levels.add(at);
      }
    }
    levels.add(top);
    return levels;
  }
}
