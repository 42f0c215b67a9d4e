package com.sutazai.agents.hardware;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A folder that is open: its files are named relative to it, so whatever becomes of the path that
 * led here, nothing outside of it is reached, and no symbolic link is followed.
 */
final class OpenFolder implements AutoCloseable {
  private final SecureDirectoryStream<Path> stream;

  private OpenFolder(SecureDirectoryStream<Path> stream) {
    this.stream = stream;
  }

  /** Opens it step by step from the top; a symbolic link on the way ends that. */
  static OpenFolder open(Path absolute) throws IOException {
    OpenFolder at = new OpenFolder(secure(Files.newDirectoryStream(Path.of("/"))));
    for (Path name : absolute) {
      try (OpenFolder above = at) {
        at = above.folder(name.toString());
      }
    }
    return at;
  }

  private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream)
      throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    stream.close();
    throw new ProblemException(
        ErrorCode.WRONG_STATE,
        "This system cannot open files relative to an open folder, so nothing is touched.");
  }

  /** A folder in this one. */
  OpenFolder folder(String name) throws IOException {
    return new OpenFolder(
        (SecureDirectoryStream<Path>)
            stream.newDirectoryStream(Path.of(name), LinkOption.NOFOLLOW_LINKS));
  }

  /** The folder below this one, step by step; this one, opened again, where none is named. */
  OpenFolder below(@Nullable Path relative) throws IOException {
    OpenFolder at = folder(".");
    for (Path name : relative == null ? List.<Path>of() : relative) {
      try (OpenFolder above = at) {
        at = above.folder(name.toString());
      }
    }
    return at;
  }

  /** Names of what is in it; at most so many. Can be asked once. */
  List<String> names(int most) throws IOException {
    List<String> names = new ArrayList<>();
    try {
      for (Path each : stream) {
        if (names.size() == most) {
          break;
        }
        names.add(each.getFileName().toString());
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  /** Of the entry itself, not of what it may point to. */
  BasicFileAttributes attributes(String name) throws IOException {
    return view(name).readAttributes();
  }

  BasicFileAttributeView view(String name) {
    return stream.getFileAttributeView(
        Path.of(name), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  PosixFileAttributeView posix(String name) {
    return stream.getFileAttributeView(
        Path.of(name), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  SeekableByteChannel read(String name) throws IOException {
    return stream.newByteChannel(
        Path.of(name), Set.<OpenOption>of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  /** A file that was not there. */
  SeekableByteChannel create(String name, FileAttribute<?> attribute) throws IOException {
    return stream.newByteChannel(
        Path.of(name),
        Set.<OpenOption>of(
            StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
        attribute);
  }

  /** Deletes the entry itself, which is no folder. */
  void delete(String name) throws IOException {
    stream.deleteFile(Path.of(name));
  }

  void deleteIfThere(String name) throws IOException {
    try {
      delete(name);
    } catch (NoSuchFileException e) {
      // as it should be
    }
  }

  boolean has(String name) throws IOException {
    try {
      attributes(name);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Gives the entry another name, in this folder; what had that name is gone. */
  void rename(String from, String to) throws IOException {
    stream.move(Path.of(from), stream, Path.of(to));
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
