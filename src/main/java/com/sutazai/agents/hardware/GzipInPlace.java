package com.sutazai.agents.hardware;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/**
 * Puts {@code name.gz} in the place of {@code name}, with its owner, group, permissions and time.
 * It is written under another name, which the next run takes away if this one was killed. The file
 * itself goes last, and only if it has not changed meanwhile; what fails leaves it as it was.
 */
final class GzipInPlace {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");
  private static final String PARTIAL = ".sutazai-partial";
  private static final int PIECE = 1 << 16;

  private GzipInPlace() {}

  /** The size of the compressed file. */
  static long compress(OpenFolder folder, FoundFile file) throws IOException, InterruptedException {
    String compressed = file.name() + ".gz";
    String partial = compressed + PARTIAL;
    if (folder.has(compressed)) {
      throw new FileAlreadyExistsException(compressed);
    }
    folder.deleteIfThere(partial);
    long size;
    try (SeekableByteChannel target =
        folder.create(partial, PosixFilePermissions.asFileAttribute(PRIVATE))) {
      try {
        copy(folder, file, target);
        size = target.size();
        takeOver(folder, file, partial);
        if (!file.isStill(folder.attributes(file.name()))) {
          throw new IOException("It changed while it was compressed.");
        }
        folder.rename(partial, compressed);
      } catch (IOException | InterruptedException | RuntimeException e) {
        folder.deleteIfThere(partial);
        throw e;
      }
    }
    folder.delete(file.name());
    return size;
  }

  private static void copy(OpenFolder folder, FoundFile file, SeekableByteChannel target)
      throws IOException, InterruptedException {
    try (InputStream in = Channels.newInputStream(folder.read(file.name()));
        OutputStream out = new GZIPOutputStream(Channels.newOutputStream(open(target)), PIECE)) {
      byte[] piece = new byte[PIECE];
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        out.write(piece, 0, read);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    }
    if (target instanceof FileChannel onDisk) {
      onDisk.force(true);
    }
  }

  /** The end of the stream is not that of the channel. */
  private static WritableByteChannel open(SeekableByteChannel target) {
    return new WritableByteChannel() {
      @Override
      public int write(ByteBuffer bytes) throws IOException {
        return target.write(bytes);
      }

      @Override
      public boolean isOpen() {
        return target.isOpen();
      }

      @Override
      public void close() {}
    };
  }

  private static void takeOver(OpenFolder folder, FoundFile file, String compressed)
      throws IOException {
    PosixFileAttributes original = folder.posix(file.name()).readAttributes();
    PosixFileAttributes own = folder.posix(compressed).readAttributes();
    if (!own.group().equals(original.group())) {
      folder.posix(compressed).setGroup(original.group());
    }
    if (!own.owner().equals(original.owner())) {
      folder.posix(compressed).setOwner(original.owner());
    }
    folder.posix(compressed).setPermissions(original.permissions());
    folder.view(compressed).setTimes(FileTime.from(file.modified()), null, null);
  }
}
