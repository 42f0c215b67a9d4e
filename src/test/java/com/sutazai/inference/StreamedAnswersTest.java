package com.sutazai.inference;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.Usage;
import com.sutazai.platform.caller.Connections.Listening;
import com.sutazai.platform.error.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamedAnswersTest {
  private static final String LATER = "";
  private static final String END = "|";

  /** What was written between two flushes, the rest last. */
  private static final class Sent extends ByteArrayOutputStream {
    private final List<String> parts = new ArrayList<>();

    @Override
    public void flush() {
      parts.add(toString(US_ASCII));
      reset();
    }

    @Override
    public void close() {
      parts.add(toString(US_ASCII) + END);
      reset();
    }

    List<String> parts() {
      flush();
      return parts;
    }
  }

  /** Nobody leaves, and nothing ends the request. */
  private static final class Watch implements Listening {
    @Override
    public void close() {
      // heard nothing
    }

    @Override
    public @Nullable ProblemException earlyEnd() {
      return null;
    }

    @Override
    public OutputStream watched(OutputStream out) {
      return out;
    }
  }

  /** Pieces that are there at once, unless they are said to come {@link #LATER}. */
  private static final class Answering implements Generation {
    private final Queue<String> pieces;

    Answering(String... pieces) {
      this.pieces = new ArrayDeque<>(List.of(pieces));
    }

    @Override
    public @Nullable Chunk next(Duration patience) {
      String piece = pieces.peek();
      if (piece == null) {
        return null;
      }
      pieces.remove();
      return piece.equals(LATER) ? NOTHING_YET : chunk(piece);
    }

    private static Chunk chunk(String text) {
      return new Chunk(
          JsonNodeFactory.instance.objectNode().put("response", text), true, false, null);
    }

    @Override
    public String model() {
      return "tinyllama";
    }

    @Override
    public Answer.Timings timings() {
      return new Answer.Timings(0, null, 1);
    }

    @Override
    public @Nullable Usage usage() {
      return null;
    }

    @Override
    public void close() {
      // nobody works for it
    }
  }

  private static final class Words implements StreamFormat {
    @Override
    public String mediaType() {
      return "text/plain";
    }

    @Override
    public void piece(OutputStream out, Chunk chunk) throws IOException {
      out.write(Prompt.text(chunk).getBytes(US_ASCII));
    }

    @Override
    public void heartbeat(OutputStream out) throws IOException {
      out.write(':');
    }

    @Override
    public void end(OutputStream out, Generation generation) {
      // says nothing
    }

    @Override
    public void failed(OutputStream out, ProblemException failure) {
      // says nothing
    }
  }

  private static List<String> sent(String... pieces) throws Exception {
    Sent sent = new Sent();
    StreamedAnswers.pieces(new Answering(pieces), new Words(), sent);
    return sent.parts();
  }

  @Test
  void what_is_there_together_leaves_together() throws Exception {
    assertThat(sent("a", "b", "c")).containsExactly("abc");
  }

  @Test
  void what_was_written_does_not_wait_for_the_next_piece() throws Exception {
    assertThat(sent("a", LATER, "b", "c", LATER, "d")).containsExactly("a", "bc", "d");
  }

  @Test
  void the_end_leaves_with_what_is_left() {
    // Given
    Sent sent = new Sent();

    // When
    StreamedAnswers.write(new Answering("a", LATER, "b", "c"), new Watch(), new Words(), sent);

    // Then
    assertThat(sent.parts).containsExactly("a", "bc" + END);
  }

  @Test
  void a_sign_of_life_is_given_while_nothing_comes_and_all_was_sent() throws Exception {
    assertThat(sent(LATER, "a", LATER, LATER, "b")).containsExactly(":", "a", ":", "b");
  }
}
