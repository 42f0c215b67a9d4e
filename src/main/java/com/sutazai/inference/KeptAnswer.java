package com.sutazai.inference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.ChunkReader;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.Operation;
import com.sutazai.inference.backend.Usage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer of a model as it is kept: bytes, which take a sixth of what the objects take that
 * they are read to. They are the lines that a server of the request's dialect would send, and are
 * read by that dialect's reader again.
 */
final class KeptAnswer {
  /** The piece without content that closes a stream of OpenAI's dialect. */
  private static final byte[] CLOSING = "data: [DONE]".getBytes(StandardCharsets.US_ASCII);

  private final Operation operation;
  private final String model;
  private final @Nullable Usage usage;
  private final @Nullable String text;
  private final byte[] lines;

  /**
   * @param text all that was said at once, of an answer to {@link Operation#GENERATE}; else null
   * @param lines one for each piece, in order, each with a line feed at its end
   */
  KeptAnswer(
      Operation operation,
      String model,
      @Nullable Usage usage,
      @Nullable String text,
      byte[] lines) {
    this.operation = operation;
    this.model = model;
    this.usage = usage;
    this.text = text;
    this.lines = lines;
  }

  /**
   * The answer out of its pieces; empty when it says nothing, cannot be written, or has more bytes
   * than may be.
   */
  static Optional<KeptAnswer> of(
      Operation operation, Generation whole, List<Chunk> pieces, long longest, ObjectMapper json) {
    if (pieces.stream().noneMatch(Chunk::content)) {
      return Optional.empty();
    }
    try {
      byte[] lines = lines(pieces, longest, json);
      return lines.length > longest
          ? Optional.empty()
          : Optional.of(
              new KeptAnswer(
                  operation, whole.model(), whole.usage(), text(operation, pieces), lines));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** Stops when they are too long. */
  private static byte[] lines(List<Chunk> pieces, long longest, ObjectMapper json)
      throws JsonProcessingException {
    var lines = new ByteArrayOutputStream(1024);
    for (Chunk piece : pieces) {
      lines.writeBytes(isClosing(piece) ? CLOSING : piece.bytes(json));
      lines.write('\n');
      if (lines.size() > longest) {
        break;
      }
    }
    return lines.toByteArray();
  }

  private static boolean isClosing(Chunk piece) {
    return piece.last() && piece.json().isEmpty();
  }

  private static @Nullable String text(Operation operation, List<Chunk> pieces) {
    return operation == Operation.GENERATE
        ? pieces.stream().map(Prompt::text).collect(Collectors.joining())
        : null;
  }

  Operation operation() {
    return operation;
  }

  String model() {
    return model;
  }

  @Nullable Usage usage() {
    return usage;
  }

  @Nullable String text() {
    return text;
  }

  byte[] lines() {
    return lines;
  }

  /** Its pieces, one by one. */
  Pieces pieces() {
    return new Pieces();
  }

  /** A place in the answer. */
  final class Pieces {
    private final ChunkReader reader = operation.reader();
    private int at;

    /** The next piece; null after the last one. */
    @Nullable Chunk next() throws ModelFailure {
      while (at < lines.length) {
        int end = at;
        while (end < lines.length && lines[end] != '\n') {
          end++;
        }
        List<Chunk> read = reader.read(Arrays.copyOfRange(lines, at, end));
        at = end + 1;
        if (!read.isEmpty()) {
          return read.getFirst();
        }
      }
      return null;
    }
  }

  /**
   * @throws ModelFailure when the lines are no whole answer
   */
  void requireWhole() throws ModelFailure {
    Pieces pieces = pieces();
    Chunk last = null;
    for (Chunk piece = pieces.next(); piece != null; piece = pieces.next()) {
      last = piece;
    }
    if (last == null || !(last.last() || pieces.reader.mayEnd())) {
      throw new ModelFailure(ModelFailure.Kind.CUT, "The answer that was kept has no end.");
    }
  }
}
