package com.sutazai.agents.hardware;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The largest of the files that it is shown. */
final class Largest {
  private static final Comparator<FoundFile> BY_SIZE = Comparator.comparingLong(FoundFile::bytes);

  private final int most;
  private final PriorityQueue<FoundFile> files = new PriorityQueue<>(BY_SIZE);

  Largest(int most) {
    this.most = most;
  }

  void add(FoundFile file) {
    files.add(file);
    if (files.size() > most) {
      files.remove();
    }
  }

  /** The largest first. */
  List<FoundFile> files() {
    return files.stream().sorted(BY_SIZE.reversed()).toList();
  }
}
