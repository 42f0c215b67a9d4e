package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.ArrayList;
import java.util.List;

/** A struct of C, described field by field in the order in which its header declares them. */
final class Struct {
  private final List<MemoryLayout> fields = new ArrayList<>();

  Struct integers(String... names) {
    return add(JAVA_INT, names);
  }

  Struct floats(String... names) {
    return add(JAVA_FLOAT, names);
  }

  Struct pointers(String... names) {
    return add(ADDRESS, names);
  }

  Struct booleans(String... names) {
    return add(JAVA_BOOLEAN, names);
  }

  Struct longs(String... names) {
    return add(JAVA_LONG, names);
  }

  /** Bytes between fields, as the alignment of the next one asks for. */
  Struct padding(int bytes) {
    fields.add(MemoryLayout.paddingLayout(bytes));
    return this;
  }

  private Struct add(MemoryLayout type, String... names) {
    for (String name : names) {
      fields.add(type.withName(name));
    }
    return this;
  }

  StructLayout layout() {
    return MemoryLayout.structLayout(fields.toArray(MemoryLayout[]::new));
  }

  static void set(StructLayout layout, MemorySegment struct, String field, int value) {
    struct.set(JAVA_INT, offset(layout, field), value);
  }

  static void set(StructLayout layout, MemorySegment struct, String field, boolean value) {
    struct.set(JAVA_BOOLEAN, offset(layout, field), value);
  }

  static long offset(StructLayout layout, String field) {
    return layout.byteOffset(PathElement.groupElement(field));
  }
}
