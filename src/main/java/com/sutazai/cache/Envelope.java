package com.sutazai.cache;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * An entry as bytes. It names its whole key, so one that was put under another key is recognised,
 * and ends with a checksum, so one that was cut or changed is.
 *
 * @param key region, version of the values' form, owner, and what was asked for
 * @param value as the region's codec writes it
 */
record Envelope(
    String key, Set<String> tags, long asOf, long loadedAt, long freshUntil, byte[] value) {
  /** Two letters and the version of this form. */
  private static final int MAGIC = ('S' << 24) | ('Z' << 16) | 1;

  private static final int LENGTH_OF_CHECKSUM = Integer.BYTES;

  byte[] bytes() {
    try {
      var bytes = new ByteArrayOutputStream(value.length + 256);
      var out = new DataOutputStream(bytes);
      out.writeInt(MAGIC);
      write(out, key);
      out.writeLong(asOf);
      out.writeLong(loadedAt);
      out.writeLong(freshUntil);
      out.writeInt(tags.size());
      for (String tag : tags) {
        write(out, tag);
      }
      out.writeInt(value.length);
      out.write(value);
      out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @throws IOException when the bytes are no whole entry
   */
  static Envelope read(byte[] bytes) throws IOException {
    int end = bytes.length - LENGTH_OF_CHECKSUM;
    if (end < Integer.BYTES || ByteBuffer.wrap(bytes, end, 4).getInt() != checksum(bytes, end)) {
      throw new IOException("The entry was cut or changed");
    }
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes, 0, end);
      if (in.getInt() != MAGIC) {
        throw new IOException("The entry has another form");
      }
      String key = text(in);
      long asOf = in.getLong();
      long loadedAt = in.getLong();
      long freshUntil = in.getLong();
      int count = in.getInt();
      Set<String> tags = new LinkedHashSet<>();
      for (int i = 0; i < count; i++) {
        tags.add(text(in));
      }
      return new Envelope(key, tags, asOf, loadedAt, freshUntil, next(in));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException("The entry has another form", e);
    }
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(ByteBuffer in) {
    return new String(next(in), StandardCharsets.UTF_8);
  }

  private static byte[] next(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static int checksum(byte[] bytes, int length) {
    var checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Envelope that && Arrays.equals(bytes(), that.bytes());
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  @Override
  public String toString() {
    return "Envelope[" + key + ", " + value.length + " bytes]";
  }
}
