package com.sutazai.gateway.batch;

import com.sutazai.platform.sql.Sql;
import io.vertx.sqlclient.Row;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file, one after the other, with about a megabyte of the file and one line in
 * memory.
 */
final class InputLines {
  private final Sql sql;
  private final FileRepository files;
  private final UUID file;
  private final long longest;
  private final Deque<byte[]> pieces = new ArrayDeque<>();
  private byte[] piece = new byte[0];
  private int at;
  private int lastPiece = -1;
  private long position;
  private int number;

  /**
   * @param longest bytes of a line that are kept
   */
  InputLines(Sql sql, FileRepository files, UUID file, long longest) {
    this.sql = sql;
    this.files = files;
    this.file = file;
    this.longest = longest;
  }

  /**
   * A line without its end.
   *
   * @param number counted from 1
   * @param position of its first byte in the file
   * @param bytes null when there are too many
   */
  record InputLine(int number, long position, byte @Nullable [] bytes) {
    boolean isBlank() {
      if (bytes == null) {
        return false;
      }
      for (byte each : bytes) {
        if (each != ' ' && each != '\t' && each != '\r') {
          return false;
        }
      }
      return true;
    }
  }

  /** The next line; null after the last one. */
  @Nullable InputLine next() {
    if (!fill()) {
      return null;
    }
    var line = new ByteArrayOutputStream();
    long start = position;
    boolean tooLong = false;
    boolean ended = false;
    while (!ended && fill()) {
      int end = at;
      while (end < piece.length && piece[end] != '\n') {
        end++;
      }
      tooLong |= line.size() + (end - at) > longest;
      if (!tooLong) {
        line.write(piece, at, end - at);
      }
      ended = end < piece.length;
      int used = end - at + (ended ? 1 : 0);
      position += used;
      at += used;
    }
    return new InputLine(++number, start, tooLong ? null : line.toByteArray());
  }

  /** Whether there is another byte. */
  private boolean fill() {
    while (at == piece.length) {
      if (pieces.isEmpty()) {
        for (Row row : files.read(sql, file, lastPiece)) {
          pieces.add(row.getBuffer("bytes").getBytes());
          lastPiece = row.getInteger("number");
        }
      }
      if (pieces.isEmpty()) {
        return false;
      }
      piece = pieces.remove();
      at = 0;
    }
    return true;
  }
}
