package com.sutazai.engine.model;

import java.io.IOException;

/** Types of values in a GGUF file, in the order of their codes, with the least bytes of each. */
enum ValueType {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  UINT32(4),
  INT32(4),
  FLOAT32(4),
  BOOL(1),
  STRING(8),
  ARRAY(12),
  UINT64(8),
  INT64(8),
  FLOAT64(8);

  private final int size;

  ValueType(int size) {
    this.size = size;
  }

  int size() {
    return size;
  }

  /** One that is neither text nor array: a Long, a Double or a Boolean. */
  Object read(GgufInput in) throws IOException {
    return switch (this) {
      case UINT8 -> (long) (in.int8() & 0xff);
      case INT8 -> (long) in.int8();
      case UINT16 -> (long) (in.int16() & 0xffff);
      case INT16 -> (long) in.int16();
      case UINT32 -> in.int32() & 0xffffffffL;
      case INT32 -> (long) in.int32();
      case UINT64, INT64 -> in.int64();
      case FLOAT32 -> (double) Float.intBitsToFloat(in.int32());
      case FLOAT64 -> Double.longBitsToDouble(in.int64());
      case BOOL -> in.int8() != 0;
      case STRING, ARRAY -> throw new IllegalStateException();
    };
  }
}
