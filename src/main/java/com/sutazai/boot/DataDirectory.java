package com.sutazai.boot;

import com.sutazai.platform.error.StartException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The folder that holds the embedded database, locked by at most one process. */
final class DataDirectory implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;

  private DataDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** The folder that applies: configured, {@code ./data}, or the user's data folder. */
  static Path resolve(@Nullable String configured, Map<String, String> environment, String user) {
    if (configured != null && !configured.isBlank()) {
      return Path.of(configured).toAbsolutePath().normalize();
    }
    Path here = Path.of("data").toAbsolutePath();
    if (Files.isDirectory(here)) {
      return here;
    }
    if (user.equals("root")) {
      return Path.of("/var/lib/sutazai");
    }
    String xdg = environment.get("XDG_DATA_HOME");
    Path base =
        xdg != null && !xdg.isBlank()
            ? Path.of(xdg)
            : Path.of(
                environment.getOrDefault("HOME", System.getProperty("user.home")),
                ".local",
                "share");
    return base.resolve("sutazai").toAbsolutePath();
  }

  /** Creates the folder if need be and takes its lock, or says which process holds it. */
  static DataDirectory lock(Path path) {
    try {
      Files.createDirectories(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
      FileChannel channel =
          FileChannel.open(
              path.resolve("sutazai.lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (!tryLock(channel)) {
        String holder = Files.readString(path.resolve("sutazai.lock")).strip();
        channel.close();
        throw new StartException(
            "The data directory "
                + path
                + " is in use by process "
                + holder
                + ". Stop it, or choose another directory with SUTAZAI_BOOT_DATA_DIR.");
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)),
          0);
      channel.force(true);
      return new DataDirectory(path, channel);
    } catch (IOException e) {
      throw new StartException("The data directory " + path + " cannot be used: " + e, e);
    }
  }

  /** Whether a process holds the folder. */
  static boolean isLocked(Path path) {
    Path file = path.resolve("sutazai.lock");
    if (!Files.exists(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return !tryLock(channel);
    } catch (IOException e) {
      throw new StartException("The data directory " + path + " cannot be used: " + e, e);
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  Path path() {
    return path;
  }

  Path cluster() {
    return path.resolve("postgres");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StartException("The lock of " + path + " cannot be released: " + e, e);
    }
  }
}
