package com.sutazai.inference.backend;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** Reads an answer that is one JSON object, on one line or laid out over many. */
final class AnswerReader implements ChunkReader {
  private static final int LONGEST = 32 << 20;

  private final ByteArrayOutputStream soFar = new ByteArrayOutputStream();
  private int depth;
  private boolean inText;
  private boolean escaped;

  @Override
  public List<Chunk> read(byte[] line) throws ModelFailure {
    if (line.length > LONGEST - soFar.size()) {
      throw Lines.garbled("an answer of more than " + LONGEST + " bytes");
    }
    for (byte each : line) {
      take(each);
    }
    soFar.write(line, 0, line.length);
    if (depth > 0 || inText) {
      soFar.write('\n');
      return List.of();
    }
    byte[] whole = soFar.toByteArray();
    soFar.reset();
    if (isBlank(whole)) {
      return List.of();
    }
    var answer = Lines.sound(Lines.object(whole, 0));
    Usage usage = OpenAiReader.usage(answer);
    return List.of(
        new Chunk(answer, true, true, usage == null ? OllamaReader.usage(answer) : usage));
  }

  private static boolean isBlank(byte[] bytes) {
    for (byte each : bytes) {
      if (each != ' ' && each != '\t' && each != '\r' && each != '\n') {
        return false;
      }
    }
    return true;
  }

  private void take(byte each) {
    if (escaped) {
      escaped = false;
    } else if (inText) {
      escaped = each == '\\';
      inText = each != '"';
    } else {
      switch (each) {
        case '"' -> inText = true;
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        default -> {}
      }
    }
  }

  @Override
  public boolean mayEnd() {
    return false;
  }
}
