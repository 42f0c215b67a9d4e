package com.sutazai.engine.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Makes a small model file in memory: GGUF of version 3, that is metadata, then the list of
 * tensors, then what is in them. The same calls make the same bytes.
 */
final class GgufWriter {
  private static final int VERSION = 3;
  private static final int ALIGNMENT = 32;

  private final ByteBuffer metadata;
  private final ByteBuffer list;
  private final ByteBuffer data;
  private int values;
  private int tensors;

  /** For metadata, and for numbers, of at most so many bytes. */
  GgufWriter(int metadataBytes, int dataBytes) {
    metadata = buffer(metadataBytes);
    list = buffer(4096);
    data = buffer(dataBytes);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  GgufWriter put(String key, String value) {
    entry(key, ValueType.STRING);
    text(metadata, value);
    return this;
  }

  GgufWriter put(String key, int value) {
    entry(key, ValueType.UINT32).putInt(value);
    return this;
  }

  GgufWriter put(String key, float value) {
    entry(key, ValueType.FLOAT32).putFloat(value);
    return this;
  }

  GgufWriter put(String key, boolean value) {
    entry(key, ValueType.BOOL).put((byte) (value ? 1 : 0));
    return this;
  }

  GgufWriter putTexts(String key, List<String> values) {
    array(key, ValueType.STRING, values.size());
    values.forEach(value -> text(metadata, value));
    return this;
  }

  GgufWriter putInts(String key, List<Integer> values) {
    array(key, ValueType.INT32, values.size());
    values.forEach(metadata::putInt);
    return this;
  }

  GgufWriter putFloats(String key, List<Float> values) {
    array(key, ValueType.FLOAT32, values.size());
    values.forEach(metadata::putFloat);
    return this;
  }

  private void array(String key, ValueType of, int size) {
    entry(key, ValueType.ARRAY).putInt(of.ordinal()).putLong(size);
  }

  private ByteBuffer entry(String key, ValueType type) {
    values++;
    text(metadata, key);
    return metadata.putInt(type.ordinal());
  }

  /** A vector whose numbers are all one. */
  GgufWriter ones(String name, int width) {
    tensor(name, TensorType.F32, width);
    for (int i = 0; i < width; i++) {
      data.putFloat(1);
    }
    return this;
  }

  GgufWriter zeros(String name, int width, int rows) {
    tensor(name, TensorType.Q4_0, width, rows);
    data.put(new byte[(int) TensorType.Q4_0.bytes((long) width * rows)]);
    return this;
  }

  GgufWriter matrix(String name, float[][] rows) {
    tensor(name, TensorType.F32, rows[0].length, rows.length);
    for (float[] row : rows) {
      for (float value : row) {
        data.putFloat(value);
      }
    }
    return this;
  }

  private void tensor(String name, TensorType type, int... sizes) {
    tensors++;
    align(data, data.position());
    text(list, name);
    list.putInt(sizes.length);
    for (int size : sizes) {
      list.putLong(size);
    }
    list.putInt(type.code()).putLong(data.position());
  }

  private static void text(ByteBuffer to, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    to.putLong(bytes.length).put(bytes);
  }

  private static void align(ByteBuffer to, int written) {
    to.put(new byte[(ALIGNMENT - written % ALIGNMENT) % ALIGNMENT]);
  }

  byte[] bytes() {
    align(data, data.position());
    ByteBuffer head = buffer(24);
    head.put("GGUF".getBytes(UTF_8)).putInt(VERSION).putLong(tensors).putLong(values);
    align(list, head.position() + metadata.position() + list.position());
    List<ByteBuffer> parts = List.of(head, metadata, list, data);
    ByteBuffer whole = buffer(parts.stream().mapToInt(ByteBuffer::position).sum());
    parts.forEach(part -> whole.put(part.flip()));
    return whole.array();
  }
}
