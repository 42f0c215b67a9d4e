package com.sutazai.engine.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;

/**
 * Reads a file forwards through 64 kB of memory. A length is compared with what is left of the file
 * before anything of that length is read or made.
 */
final class GgufInput {
  private final SeekableByteChannel file;
  private final long size;
  private final ByteBuffer piece =
      ByteBuffer.allocate(64 * 1024).order(ByteOrder.LITTLE_ENDIAN).limit(0);

  /** Where in the file the next piece begins. */
  private long next;

  GgufInput(SeekableByteChannel file) throws IOException {
    this.file = file;
    size = file.size();
  }

  long size() {
    return size;
  }

  /** Bytes that were read or left out. */
  long position() {
    return next - piece.remaining();
  }

  long left() {
    return size - position();
  }

  int int8() throws IOException {
    return need(1).get();
  }

  int int16() throws IOException {
    return need(2).getShort();
  }

  int int32() throws IOException {
    return need(4).getInt();
  }

  long int64() throws IOException {
    return need(8).getLong();
  }

  /**
   * An unsigned number that counts something.
   *
   * @param what it counts, for the reason of a refusal
   */
  long count(String what, long most) throws IOException {
    long count = int64();
    if (count < 0 || count > most) {
      throw new GgufException(
          "it says that it has %s %s, more than %d"
              .formatted(Long.toUnsignedString(count), what, most));
    }
    return count;
  }

  String text(String what, int most) throws IOException {
    return text((int) count("bytes in " + what, most));
  }

  /** A text of that length. */
  String text(int length) throws IOException {
    if (length > left()) {
      throw end();
    }
    byte[] bytes = new byte[length];
    for (int read = 0; read < length; ) {
      need(1);
      int part = Math.min(length - read, piece.remaining());
      piece.get(bytes, read, part);
      read += part;
    }
    return new String(bytes, UTF_8);
  }

  void skip(long bytes) throws IOException {
    if (bytes < 0 || bytes > left()) {
      throw end();
    }
    if (bytes <= piece.remaining()) {
      piece.position(piece.position() + (int) bytes);
    } else {
      next = position() + bytes;
      piece.limit(0);
    }
  }

  private ByteBuffer need(int bytes) throws IOException {
    if (piece.remaining() >= bytes) {
      return piece;
    }
    if (left() < bytes) {
      throw end();
    }
    long from = position();
    file.position(from);
    piece.clear();
    while (piece.position() < bytes) {
      if (file.read(piece) < 0) {
        throw end();
      }
    }
    piece.flip();
    next = from + piece.limit();
    return piece;
  }

  private static GgufException end() {
    return new GgufException("it ends in the middle of its header");
  }
}
