package com.sutazai.inference;

import com.sutazai.inference.backend.Chunk;
import com.sutazai.platform.error.ProblemException;
import java.io.IOException;
import java.io.OutputStream;

/** How a door writes a streamed answer. Each method writes whole events; they are flushed after. */
public interface StreamFormat {
  /** Media type of the answer. */
  String mediaType();

  /** One piece of the answer. */
  void piece(OutputStream out, Chunk chunk) throws IOException;

  /** A sign of life where the format has one. */
  void heartbeat(OutputStream out) throws IOException;

  /** The end, after the last piece. */
  void end(OutputStream out, Generation generation) throws IOException;

  /** The end of an answer that failed after it had begun. */
  void failed(OutputStream out, ProblemException failure) throws IOException;
}
