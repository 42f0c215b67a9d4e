package com.sutazai.inference.backend;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits what comes from the network at line feeds; lines without anything in them are left out.
 */
final class LineSplitter {
  /** The line that is not complete yet. */
  private Buffer begun = Buffer.buffer();

  /** The lines that the piece completes, without their line feeds. */
  List<byte[]> lines(Buffer piece) {
    byte[] bytes = piece.getBytes();
    List<byte[]> lines = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        add(lines, bytes, from, i);
        from = i + 1;
      }
    }
    if (from < bytes.length) {
      begun.appendBytes(bytes, from, bytes.length - from);
    }
    return lines;
  }

  private void add(List<byte[]> lines, byte[] bytes, int from, int end) {
    if (begun.length() > 0) {
      lines.add(begun.appendBytes(bytes, from, end - from).getBytes());
      begun = Buffer.buffer();
    } else if (from < end) {
      lines.add(Arrays.copyOfRange(bytes, from, end));
    }
  }

  /** Bytes of the line that is not complete yet. */
  int pending() {
    return begun.length();
  }

  /** What came after the last line feed, if anything did. */
  List<byte[]> rest() {
    return begun.length() == 0 ? List.of() : List.of(begun.getBytes());
  }
}
