package com.sutazai.engine.model;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads the head of a GGUF file and believes nothing that it says: each count is compared with a
 * bound, each length with what is left of the file, each tensor with the file's end. So a damaged
 * file is refused here and never reaches native code. Needs a few megabytes whatever the file says.
 */
final class GgufReader {
  private static final int MAGIC = 0x46554747; // "GGUF" as a little-endian number
  private static final int MOST_VALUES = 65_536;
  private static final int MOST_TENSORS = 65_536;
  private static final int LONGEST_KEY = 1024;
  private static final int LONGEST_TENSOR_NAME = 256;
  private static final int MOST_DIMENSIONS = 4;
  private static final int MOST_ALIGNMENT = 1 << 20;

  /** Longest text that is kept, and what is kept altogether; more is walked over. */
  private static final int LONGEST_TEXT = 1 << 20;

  private static final int MOST_TEXT = 4 << 20;

  private final GgufInput in;
  private int version;
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<String, Long> arrays = new LinkedHashMap<>();
  private final Map<TensorType, Long> numbers = new EnumMap<>(TensorType.class);
  private int kept;

  GgufReader(GgufInput in) {
    this.in = in;
  }

  GgufHeader read() throws IOException {
    if (in.size() < 24 || in.int32() != MAGIC) {
      throw new GgufException("it is no GGUF file");
    }
    version = in.int32();
    if (version != 2 && version != 3) {
      throw new GgufException(
          "it is of GGUF version "
              + Integer.toUnsignedString(version)
              + "; versions 2 and 3 can be read");
    }
    long tensors = in.count("tensors", MOST_TENSORS);
    long count = in.count("values", MOST_VALUES);
    for (long i = 0; i < count; i++) {
      value();
    }
    tensors(tensors);
    return new GgufHeader(in.size(), values, arrays, numbers);
  }

  private void value() throws IOException {
    String key = in.text("a key", LONGEST_KEY);
    if (key.isEmpty() || values.containsKey(key) || arrays.containsKey(key)) {
      throw new GgufException(
          key.isEmpty() ? "it has a value without a key" : "it has " + key + " twice");
    }
    ValueType type = type();
    switch (type) {
      case STRING -> text(key);
      case ARRAY -> array(key);
      default -> values.put(key, type.read(in));
    }
  }

  private ValueType type() throws IOException {
    int code = in.int32();
    ValueType[] all = ValueType.values();
    if (code < 0 || code >= all.length) {
      throw new GgufException(
          "it has a value of an unknown type, " + Integer.toUnsignedString(code));
    }
    return all[code];
  }

  private void text(String key) throws IOException {
    long length = in.count("bytes in a text", in.left());
    if (length > LONGEST_TEXT || kept + length > MOST_TEXT) {
      in.skip(length);
      arrays.put(key, length);
      return;
    }
    kept += (int) length;
    values.put(key, in.text((int) length));
  }

  private void array(String key) throws IOException {
    ValueType type = type();
    if (type == ValueType.ARRAY) {
      throw new GgufException("it has arrays in an array, in " + key);
    }
    long count = in.count("entries in " + key, in.left() / type.size());
    if (type == ValueType.STRING) {
      for (long i = 0; i < count; i++) {
        in.skip(in.count("bytes in an entry of " + key, in.left()));
      }
    } else {
      in.skip(count * type.size());
    }
    arrays.put(key, count);
  }

  private record Tensor(String name, long offset, long bytes) {
    long end() {
      return offset + bytes;
    }
  }

  private void tensors(long count) throws IOException {
    long alignment = alignment();
    Set<String> names = new HashSet<>();
    Tensor furthest = new Tensor("", 0, 0);
    for (long i = 0; i < count; i++) {
      Tensor tensor = tensor();
      if (!names.add(tensor.name)) {
        throw new GgufException("it has the tensor " + tensor.name + " twice");
      }
      if (tensor.offset < 0 || tensor.offset % alignment != 0) {
        throw new GgufException(
            "its tensor " + tensor.name + " begins at no multiple of " + alignment);
      }
      if (tensor.offset > in.size() - tensor.bytes) {
        throw behindTheEnd(tensor);
      }
      furthest = tensor.end() > furthest.end() ? tensor : furthest;
    }
    long data = Math.ceilDiv(in.position(), alignment) * alignment;
    if (count > 0 && furthest.end() > in.size() - data) {
      throw behindTheEnd(furthest);
    }
  }

  private static GgufException behindTheEnd(Tensor tensor) {
    return new GgufException(
        "its tensor "
            + tensor.name
            + " ends behind the end of the file: it is damaged, or only a part of it is here");
  }

  private long alignment() throws GgufException {
    long alignment = values.get("general.alignment") instanceof Long set ? set : 32;
    if (alignment < 8 || alignment > MOST_ALIGNMENT || Long.bitCount(alignment) != 1) {
      throw new GgufException("its general.alignment is " + alignment);
    }
    return alignment;
  }

  private Tensor tensor() throws IOException {
    String name = in.text("a tensor's name", LONGEST_TENSOR_NAME);
    int dimensions = in.int32();
    if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
      throw new GgufException(
          "its tensor %s has %s dimensions".formatted(name, Integer.toUnsignedString(dimensions)));
    }
    long[] sizes = new long[dimensions];
    for (int i = 0; i < dimensions; i++) {
      sizes[i] = in.int64();
    }
    int code = in.int32();
    TensorType type =
        TensorType.of(code)
            .orElseThrow(
                () ->
                    new GgufException(
                        "its tensor %s is of an unknown type, %s"
                            .formatted(name, Integer.toUnsignedString(code))));
    return new Tensor(name, in.int64(), bytes(name, type, sizes));
  }

  private long bytes(String name, TensorType type, long[] sizes) throws GgufException {
    try {
      long count = 1;
      for (long size : sizes) {
        if (size < 1) {
          throw new ArithmeticException();
        }
        count = Math.multiplyExact(count, size);
      }
      if (sizes[0] % type.block() != 0) {
        throw new ArithmeticException();
      }
      numbers.merge(type, count, Math::addExact);
      return type.bytes(count);
    } catch (ArithmeticException e) {
      throw new GgufException(
          "its tensor %s of type %s has impossible sizes %s"
              .formatted(name, type, Arrays.toString(sizes)));
    }
  }
}
