package com.sutazai.agents.hardware;

import com.sutazai.platform.id.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Files with the same contents: those of one size are compared by SHA-256. */
final class Duplicates {
  private static final int PIECE = 1 << 16;

  private final FileWalk.Bounds bounds;
  private final Map<Long, List<FoundFile>> bySize = new HashMap<>();
  private boolean complete = true;

  Duplicates(FileWalk.Bounds bounds) {
    this.bounds = bounds;
  }

  void add(FoundFile file) {
    bySize.computeIfAbsent(file.bytes(), size -> new ArrayList<>()).add(file);
  }

  /**
   * Files with the same contents.
   *
   * @param bytes of one of them
   */
  record Group(String sha256, long bytes, List<FoundFile> files) {
    Group {
      files = List.copyOf(files);
    }

    /** Bytes that all but one of them take; names of one file take nothing more. */
    long wasted() {
      long copies =
          files.stream()
              .map(file -> Objects.requireNonNullElse(file.key(), file))
              .distinct()
              .count();
      return (copies - 1) * bytes;
    }
  }

  /** Whether all files of one size could be read in time. */
  boolean isComplete() {
    return complete;
  }

  /** The most wasteful first; the largest files are read first. */
  List<Group> groups(Path root) throws IOException, InterruptedException {
    List<Group> groups = new ArrayList<>();
    List<List<FoundFile>> candidates =
        bySize.values().stream()
            .filter(files -> files.size() > 1)
            .sorted(Comparator.comparingLong(files -> -files.getFirst().bytes()))
            .toList();
    try (OpenFolder top = OpenFolder.open(root)) {
      for (List<FoundFile> files : candidates) {
        groups.addAll(groups(top, files));
      }
    }
    return groups.stream()
        .filter(group -> group.wasted() > 0)
        .sorted(Comparator.comparingLong(Group::wasted).reversed())
        .toList();
  }

  private List<Group> groups(OpenFolder top, List<FoundFile> files) throws InterruptedException {
    Map<String, List<FoundFile>> byHash = new TreeMap<>();
    for (FoundFile file : files) {
      if (bounds.isOver()) {
        complete = false;
        break;
      }
      try {
        byHash.computeIfAbsent(hash(top, file), hash -> new ArrayList<>()).add(file);
      } catch (IOException e) {
        complete = false; // it changed or went away since it was met
      }
    }
    return byHash.entrySet().stream()
        .filter(each -> each.getValue().size() > 1)
        .map(each -> new Group(each.getKey(), files.getFirst().bytes(), each.getValue()))
        .toList();
  }

  private String hash(OpenFolder top, FoundFile file) throws IOException, InterruptedException {
    try (OpenFolder at = top.below(file.path().getParent())) {
      if (!file.isStill(at.attributes(file.name()))) {
        throw new IOException("changed");
      }
      try (ReadableByteChannel channel = at.read(file.name())) {
        return hash(channel);
      }
    }
  }

  private String hash(ReadableByteChannel channel) throws IOException, InterruptedException {
    MessageDigest digest = Digests.sha256();
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    while (channel.read(piece) >= 0) {
      digest.update(piece.flip());
      piece.clear();
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (bounds.isOver()) {
        throw new IOException("out of time");
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
