package com.sutazai.gateway.batch;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Writes a file piece by piece, each in a transaction of its own, with one piece in memory. */
final class PieceWriter {
  private final Pieces to;
  private final long most;
  private final byte[] piece = new byte[FileRepository.PIECE];
  private int filled;
  private int pieces;
  private long bytes;

  /** Where they are stored. */
  interface Pieces {
    /** Stores one; false when the file was given up meanwhile. */
    boolean write(int number, byte[] bytes);
  }

  /**
   * @param most bytes that the file may have
   */
  PieceWriter(Pieces to, long most) {
    this.to = to;
    this.most = most;
  }

  long bytes() {
    return bytes;
  }

  void write(ByteBuffer data) {
    bytes += data.remaining();
    if (bytes > most) {
      throw tooLarge(most);
    }
    while (data.hasRemaining()) {
      int part = Math.min(data.remaining(), piece.length - filled);
      data.get(piece, filled, part);
      filled += part;
      if (filled == piece.length) {
        flush();
      }
    }
  }

  /** Writes what is left. */
  void end() {
    if (filled > 0) {
      flush();
    }
  }

  private void flush() {
    if (!to.write(pieces++, Arrays.copyOf(piece, filled))) {
      throw new ProblemException(
          ErrorCode.CONFLICT, "The upload took longer than an hour and was given up.");
    }
    filled = 0;
  }

  static ProblemException tooLarge(long most) {
    return new ProblemException(
        ErrorCode.PAYLOAD_TOO_LARGE,
        "The file must have at most " + most + " bytes (sutazai.batches.max-file).");
  }
}
