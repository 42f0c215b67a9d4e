package com.sutazai.gateway.batch;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Sql;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;

/** Writes a file piece by piece, each in a transaction of its own, with one piece in memory. */
final class PieceWriter {
  private final Sql sql;
  private final FileRepository files;
  private final UUID file;
  private final long most;
  private final byte[] piece = new byte[FileRepository.PIECE];
  private int filled;
  private int pieces;
  private long bytes;

  /**
   * @param most bytes that the file may have
   */
  PieceWriter(Sql sql, FileRepository files, UUID file, long most) {
    this.sql = sql;
    this.files = files;
    this.file = file;
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
    if (!files.write(sql, file, pieces++, Arrays.copyOf(piece, filled))) {
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
