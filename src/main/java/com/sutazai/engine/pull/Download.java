package com.sutazai.engine.pull;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import com.sutazai.platform.id.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Gets one file. What is there of it already is kept, here and when the connection breaks, and the
 * rest is asked for; the digest is made while it comes. Belongs to one thread, whose interrupt ends
 * it with what has come so far kept.
 */
final class Download {
  private static final int MOST_TRIES = 5;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Free space that the download leaves to others. */
  private static final long LEFT_FREE = 256L << 20;

  /** Bytes after which the disk is asked again, because others write too. */
  private static final long BETWEEN_LOOKS = 64L << 20;

  private static final long LARGEST = 1L << 50;

  private final Web web;
  private final Blob blob;
  private final Path part;
  private final Progress progress;
  private MessageDigest digest = Digests.sha256();
  private long have;
  private long total = -1;
  private long lookedAt;
  private boolean begunAnew;
  private @Nullable String version;

  /** Is told how far it is. */
  interface Progress {
    void at(long completed, long total);
  }

  Download(Web web, Blob blob, Path part, Progress progress) {
    this.web = web;
    this.blob = blob;
    this.part = part;
    this.progress = progress;
  }

  /** Gets it whole; its digest in hexadecimal, which is the right one if one is known. */
  String run() throws IOException, InterruptedException {
    try (FileChannel file = FileChannel.open(part, CREATE, READ, WRITE);
        FileLock lock = lock(file)) {
      if (lock == null) {
        throw new PullException("another process is pulling this model already");
      }
      begin(file);
      fetchAll(file);
      file.force(true);
    }
    String hex = hex();
    if (!blob.sha256().orElse(hex).equals(hex)) {
      Files.delete(part);
      throw new PullException("what came from " + blob.at().getHost() + " has another digest");
    }
    return hex;
  }

  private static @Nullable FileLock lock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** What came earlier is the file's beginning only if the digest will tell whether it is. */
  private void begin(FileChannel file) throws IOException {
    total = blob.size().orElse(-1);
    if (blob.sha256().isEmpty() || total >= 0 && file.size() > total) {
      file.truncate(0);
    }
    ByteBuffer piece = ByteBuffer.allocate(1 << 20);
    while (file.read(piece) >= 0) {
      have += piece.position();
      digest.update(piece.flip());
      piece.clear();
    }
  }

  private void fetchAll(FileChannel file) throws IOException, InterruptedException {
    int failed = 0;
    while (total < 0 || have < total) {
      long before = have;
      try {
        fetch(file);
      } catch (PullException e) {
        throw e;
      } catch (IOException e) {
        requireNoInterrupt();
        failed = have > before ? 1 : failed + 1;
        if (failed == MOST_TRIES) {
          throw new PullException(
              "the connection to " + blob.at().getHost() + " breaks again and again", e);
        }
        Thread.sleep(PAUSE.multipliedBy(failed));
      }
    }
  }

  private static void requireNoInterrupt() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private void fetch(FileChannel file) throws IOException, InterruptedException {
    HttpResponse<InputStream> response = web.get(blob.at(), headers());
    try (InputStream body = response.body();
        StallWatch watch = new StallWatch(body)) {
      switch (response.statusCode()) {
        case 200 -> restart(file);
        case 206 -> requireRest(response);
        case 416 -> {
          beginAnew(file);
          return;
        }
        default ->
            throw new PullException(
                blob.at().getHost() + " answered " + response.statusCode() + " for the file");
      }
      version = response.headers().firstValue("ETag").orElse(null);
      learnSize(response);
      requireSpace();
      copy(body, file, watch);
    }
  }

  private String[] headers() {
    if (have == 0) {
      return new String[0];
    }
    String range = "bytes=" + have + "-";
    return version == null
        ? new String[] {"Range", range}
        : new String[] {"Range", range, "If-Range", version};
  }

  private void restart(FileChannel file) throws IOException {
    file.truncate(0);
    have = 0;
    digest = Digests.sha256();
  }

  /** What is there is the whole file, or it is of another one. */
  private void beginAnew(FileChannel file) throws IOException {
    if (have == 0 || begunAnew) {
      throw new PullException(blob.at().getHost() + " has no such part of the file");
    }
    begunAnew = true;
    if (total < 0 && hex().equals(blob.sha256().orElse(""))) {
      total = have;
    } else {
      restart(file);
    }
  }

  private String hex() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void requireRest(HttpResponse<?> response) throws PullException {
    String range = response.headers().firstValue("Content-Range").orElse("");
    if (!range.startsWith("bytes " + have + "-")) {
      throw new PullException(blob.at().getHost() + " sent another part than was asked for");
    }
  }

  private void learnSize(HttpResponse<?> response) throws PullException {
    long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
    if (length < 0 && total < 0) {
      throw new PullException(blob.at().getHost() + " does not say how large the file is");
    }
    if (Math.max(length, total) > LARGEST) {
      throw new PullException(
          "the file at %s has more than %d bytes".formatted(blob.at().getHost(), LARGEST));
    }
    if (length >= 0 && total >= 0 && have + length != total) {
      throw new PullException(
          "the file at %s has %d bytes instead of %d"
              .formatted(blob.at().getHost(), have + length, total));
    }
    total = total < 0 ? have + length : total;
  }

  private void requireSpace() throws IOException {
    lookedAt = have;
    long free = Files.getFileStore(part.toAbsolutePath().getParent()).getUsableSpace();
    long missing = total - have + LEFT_FREE - free;
    if (missing > 0) {
      throw new PullException(
          "the disk of %s has no room for it: %d MB more are needed"
              .formatted(part.getParent(), Math.ceilDiv(missing, 1 << 20)));
    }
  }

  private void copy(InputStream body, FileChannel file, StallWatch watch) throws IOException {
    byte[] piece = new byte[256 * 1024];
    progress.at(have, total);
    for (int read = body.read(piece); read >= 0; read = body.read(piece)) {
      if (have + read > total) {
        throw new PullException(blob.at().getHost() + " sends more than the file has");
      }
      ByteBuffer whole = ByteBuffer.wrap(piece, 0, read);
      while (whole.hasRemaining()) {
        file.write(whole, have + whole.position());
      }
      digest.update(piece, 0, read);
      have += read;
      if (have - lookedAt >= BETWEEN_LOOKS) {
        requireSpace();
      }
      watch.alive();
      progress.at(have, total);
    }
    if (have < total) {
      throw new IOException("it ended early");
    }
  }
}
