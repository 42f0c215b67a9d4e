package com.sutazai.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A model file as llama.cpp reads it: GGUF of version 3, that is metadata, then the list of
 * tensors, then what is in them. The same calls make the same bytes.
 */
final class GgufWriter {
  /** Codes of value types. */
  private static final int UINT32 = 4;

  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  /** Codes of tensor types. */
  private static final int PLAIN = 0;

  private static final int FOUR_BITS = 2;

  private static final int VERSION = 3;
  private static final int ALIGNMENT = 32;
  private static final int MOST = 16 << 20;

  private final ByteBuffer metadata = buffer();
  private final ByteBuffer list = buffer();
  private final ByteBuffer data = buffer();
  private int values;
  private int tensors;

  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(MOST).order(ByteOrder.LITTLE_ENDIAN);
  }

  GgufWriter put(String key, String value) {
    entry(key, STRING);
    string(metadata, value);
    return this;
  }

  GgufWriter put(String key, int value) {
    entry(key, UINT32).putInt(value);
    return this;
  }

  GgufWriter put(String key, float value) {
    entry(key, FLOAT32).putFloat(value);
    return this;
  }

  GgufWriter put(String key, boolean value) {
    entry(key, BOOL).put((byte) (value ? 1 : 0));
    return this;
  }

  GgufWriter putStrings(String key, List<String> values) {
    array(key, STRING, values.size());
    values.forEach(value -> string(metadata, value));
    return this;
  }

  GgufWriter putInts(String key, List<Integer> values) {
    array(key, INT32, values.size());
    values.forEach(metadata::putInt);
    return this;
  }

  GgufWriter putFloats(String key, List<Float> values) {
    array(key, FLOAT32, values.size());
    values.forEach(metadata::putFloat);
    return this;
  }

  private void array(String key, int type, int size) {
    entry(key, ARRAY).putInt(type).putLong(size);
  }

  private ByteBuffer entry(String key, int type) {
    values++;
    string(metadata, key);
    return metadata.putInt(type);
  }

  /** A vector whose values are all one. */
  GgufWriter ones(String name, int width) {
    tensor(name, PLAIN, width);
    for (int i = 0; i < width; i++) {
      data.putFloat(1);
    }
    return this;
  }

  /** A matrix of zeros, in blocks of 32 numbers that take 18 bytes. */
  GgufWriter zeros(String name, int width, int rows) {
    tensor(name, FOUR_BITS, width, rows);
    data.put(new byte[width / 32 * 18 * rows]);
    return this;
  }

  GgufWriter matrix(String name, float[][] rows) {
    tensor(name, PLAIN, rows[0].length, rows.length);
    for (float[] row : rows) {
      for (float value : row) {
        data.putFloat(value);
      }
    }
    return this;
  }

  private void tensor(String name, int type, int... sizes) {
    tensors++;
    align(data, data.position());
    string(list, name);
    list.putInt(sizes.length);
    for (int size : sizes) {
      list.putLong(size);
    }
    list.putInt(type).putLong(data.position());
  }

  private static void string(ByteBuffer to, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    to.putLong(bytes.length).put(bytes);
  }

  private static void align(ByteBuffer to, int written) {
    to.put(new byte[(ALIGNMENT - written % ALIGNMENT) % ALIGNMENT]);
  }

  void write(Path file) throws IOException {
    align(data, data.position());
    ByteBuffer head = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    head.put("GGUF".getBytes(UTF_8)).putInt(VERSION).putLong(tensors).putLong(values);
    align(list, head.position() + metadata.position() + list.position());
    try (var out = Files.newOutputStream(file)) {
      for (ByteBuffer part : List.of(head, metadata, list, data)) {
        out.write(part.array(), 0, part.position());
      }
    }
  }
}
