package com.sutazai.engine.model;

import com.sutazai.platform.id.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * SHA-256 of files, each computed once and kept with the file's size and time: a file that changed
 * has another one. It is kept here, and beside the file for later processes where that may be
 * written. Files of many gigabytes are read one by one on a thread of their own, and meanwhile
 * nobody waits.
 */
final class FileDigests {
  /** What is read while the caller waits: a tenth of a second or so. */
  private static final long SMALL = 64 << 20;

  private final Set<Path> underWay = ConcurrentHashMap.newKeySet();
  private final Map<Path, Known> known = new ConcurrentHashMap<>();
  private final Executor thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("digest").factory());

  /** What a file had whose size and time were these. */
  private record Known(String state, String hex) {}

  /** The digest in hexadecimal; empty while it is still being computed. */
  Optional<String> of(Path file) throws IOException {
    String state = state(file);
    Known before = known.get(file);
    if (before != null && before.state.equals(state)) {
      return Optional.of(before.hex);
    }
    Optional<String> recorded = recorded(file, state);
    if (recorded.isPresent()) {
      return recorded;
    }
    if (Files.size(file) <= SMALL) {
      return Optional.of(compute(file));
    }
    if (underWay.add(file)) {
      thread.execute(() -> computeAside(file));
    }
    return Optional.empty();
  }

  private void computeAside(Path file) {
    try {
      compute(file);
    } catch (IOException e) {
      // gone or changed meanwhile: whoever lists it again begins again
    } finally {
      underWay.remove(file);
    }
  }

  private String compute(Path file) throws IOException {
    String before = state(file);
    MessageDigest digest = Digests.sha256();
    byte[] piece = new byte[1 << 20];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        digest.update(piece, 0, read);
      }
    }
    String hex = HexFormat.of().formatHex(digest.digest());
    if (state(file).equals(before)) {
      record(file, hex);
    }
    return hex;
  }

  /** Keeps a digest that is known already. */
  void record(Path file, String hex) throws IOException {
    String state = state(file);
    known.put(file, new Known(state, hex));
    Path kept = beside(file);
    Path fresh = kept.resolveSibling(kept.getFileName() + ".new");
    try {
      Files.writeString(fresh, state + " " + hex);
      Files.move(fresh, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // the folder is not ours to write: a later process computes it again
    }
  }

  void forget(Path file) throws IOException {
    known.remove(file);
    Files.deleteIfExists(beside(file));
  }

  private static Optional<String> recorded(Path file, String state) throws IOException {
    Path kept = beside(file);
    if (!Files.isRegularFile(kept) || Files.size(kept) > 200) {
      return Optional.empty();
    }
    String text = Files.readString(kept).strip();
    int last = text.lastIndexOf(' ');
    String hex = text.substring(last + 1);
    return last > 0 && text.substring(0, last).equals(state) && hex.matches("[0-9a-f]{64}")
        ? Optional.of(hex)
        : Optional.empty();
  }

  private static String state(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return attributes.size() + " " + attributes.lastModifiedTime().toMillis();
  }

  private static Path beside(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".sha256");
  }
}
