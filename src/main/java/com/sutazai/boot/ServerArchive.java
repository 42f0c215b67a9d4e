package com.sutazai.boot;

import com.sutazai.platform.error.StartException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The PostgreSQL server programs that travel inside this program, unpacked once per version. */
final class ServerArchive {
  static final String MAJOR = "18";
  private static final String VERSION = "18.6";

  private ServerArchive() {}

  /**
   * Folder with {@code bin/postgres}; unpacks it below {@code data} when this version is not there
   * yet.
   */
  static Path unpack(Path data, Progress progress) {
    Path home = data.resolve("postgres-server-" + VERSION);
    if (Files.isExecutable(home.resolve("bin/postgres"))) {
      return home;
    }
    progress.step("Unpacking PostgreSQL " + VERSION);
    String resource = "/postgres/postgres-linux-" + architecture() + ".txz";
    try (InputStream archive = ServerArchive.class.getResourceAsStream(resource)) {
      if (archive == null) {
        throw new StartException(
            "This build carries no PostgreSQL server for "
                + architecture()
                + ": set DATABASE_URL to one that runs.");
      }
      Path unfinished = Files.createTempDirectory(data, "unpacking-");
      extract(archive, unfinished);
      Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
      return home;
    } catch (IOException e) {
      throw new StartException("PostgreSQL cannot be unpacked into " + data + ": " + e, e);
    }
  }

  private static String architecture() {
    return switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
      case "amd64", "x86_64" -> "x86_64";
      case "aarch64", "arm64" -> "arm_64";
      case String other -> other;
    };
  }

  private static void extract(InputStream archive, Path target) throws IOException {
    try (var tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
      for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
        Path file = target.resolve(entry.getName()).normalize();
        if (!file.startsWith(target)) {
          throw new IOException("The archive leaves its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
          continue;
        }
        Files.createDirectories(file.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, file);
          if ((entry.getMode() & 0100) != 0) {
            makeExecutable(file);
          }
        }
      }
    }
  }

  private static void makeExecutable(Path file) throws IOException {
    Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(file));
    permissions.add(PosixFilePermission.OWNER_EXECUTE);
    Files.setPosixFilePermissions(file, permissions);
  }

  /** Removes what an interrupted start left behind. */
  static void sweep(Path data) throws IOException {
    try (Stream<Path> entries = Files.list(data)) {
      for (Path left :
          entries.filter(p -> p.getFileName().toString().startsWith("unpacking-")).toList()) {
        Folder.delete(left);
      }
    }
  }
}
