package com.sutazai.engine.decode;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The text of an answer as its tokens come. A token may end within a character or within a text
 * that would end the answer; what is not certain yet is held back.
 */
final class AnswerText {
  private static final int LONGEST_CHARACTER = 4;

  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer incomplete = ByteBuffer.allocate(0);
  private boolean stopped;

  AnswerText(List<String> stops) {
    this.stops = stops;
  }

  /** Takes a token's bytes and gives what can be said now; possibly nothing. */
  String add(byte[] bytes) {
    decode(bytes, false);
    return release(safeLength());
  }

  /** What is left when no token follows. */
  String end() {
    if (stopped) {
      return "";
    }
    decode(new byte[0], true);
    int length = safeLength();
    return release(stopped ? length : held.length());
  }

  /** Whether a stop text came; what was given ends before it. */
  boolean stopped() {
    return stopped;
  }

  private void decode(byte[] bytes, boolean last) {
    ByteBuffer input = ByteBuffer.allocate(incomplete.remaining() + bytes.length);
    input.put(incomplete).put(bytes).flip();
    CharBuffer output = CharBuffer.allocate(input.remaining() + LONGEST_CHARACTER);
    decoder.decode(input, output, last);
    incomplete = input;
    held.append(output.flip());
  }

  private String release(int length) {
    String text = held.substring(0, length);
    held.delete(0, length);
    return text;
  }

  /**
   * Up to the stop text that is complete first, wherever the tokens' borders are; or to the longest
   * end that may become one.
   */
  private int safeLength() {
    int first = 0;
    int firstEnd = Integer.MAX_VALUE;
    for (String stop : stops) {
      int found = held.indexOf(stop);
      int end = found + stop.length();
      if (found >= 0 && (end < firstEnd || (end == firstEnd && found < first))) {
        first = found;
        firstEnd = end;
        stopped = true;
      }
    }
    if (stopped) {
      return first;
    }
    int safe = held.length();
    for (String stop : stops) {
      safe = Math.min(safe, held.length() - beginning(stop));
    }
    return safe;
  }

  /** How much of a stop text the held text ends with. */
  private int beginning(String stop) {
    for (int length = Math.min(stop.length() - 1, held.length()); length > 0; length--) {
      if (stop.startsWith(held.substring(held.length() - length))) {
        return length;
      }
    }
    return 0;
  }
}
