package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** Calls about a model's vocabulary: text to tokens and back. */
final class VocabularyFunctions {
  private static final int USUAL_PIECE = 64;

  private final MethodHandle of;
  private final MethodHandle size;
  private final MethodHandle tokenize;
  private final MethodHandle piece;
  private final MethodHandle isEnd;
  private final MethodHandle end;
  private final MethodHandle text;

  VocabularyFunctions(Symbols symbols) {
    of = symbols.call("llama_model_get_vocab", FunctionDescriptor.of(ADDRESS, ADDRESS));
    size = symbols.call("llama_vocab_n_tokens", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    tokenize =
        symbols.call(
            "llama_tokenize",
            FunctionDescriptor.of(
                JAVA_INT,
                ADDRESS,
                ADDRESS,
                JAVA_INT,
                ADDRESS,
                JAVA_INT,
                JAVA_BOOLEAN,
                JAVA_BOOLEAN));
    piece =
        symbols.call(
            "llama_token_to_piece",
            FunctionDescriptor.of(
                JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_BOOLEAN));
    end = symbols.call("llama_vocab_eos", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    text = symbols.call("llama_vocab_get_text", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    isEnd =
        symbols.call("llama_vocab_is_eog", FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS, JAVA_INT));
  }

  MemorySegment of(MemorySegment model) {
    return Native.call(() -> (MemorySegment) of.invokeExact(model));
  }

  int size(MemorySegment vocabulary) {
    return Native.call(() -> (int) size.invokeExact(vocabulary));
  }

  /** The tokens of a text, with those around it that the model wants, and special ones in it. */
  int[] tokenize(MemorySegment vocabulary, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment given = arena.allocateFrom(JAVA_BYTE, bytes);
      int room = bytes.length + 2;
      MemorySegment tokens = arena.allocate(JAVA_INT, room);
      int count = tokenize(vocabulary, given, bytes.length, tokens, room);
      if (count < 0) {
        int needed = -count;
        MemorySegment more = arena.allocate(JAVA_INT, needed);
        count = tokenize(vocabulary, given, bytes.length, more, needed);
        tokens = more;
      }
      if (count < 0) {
        throw new LlamaException("the text cannot be split into tokens");
      }
      return tokens.asSlice(0, count * JAVA_INT.byteSize()).toArray(JAVA_INT);
    }
  }

  private int tokenize(
      MemorySegment vocabulary, MemorySegment text, int length, MemorySegment into, int room) {
    return Native.call(
        () -> (int) tokenize.invokeExact(vocabulary, text, length, into, room, true, true));
  }

  /** The bytes of a token, which need not be whole characters; none of special tokens. */
  byte[] piece(MemorySegment vocabulary, int token) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(USUAL_PIECE);
      int length = piece(vocabulary, token, bytes);
      if (length < 0) {
        bytes = arena.allocate(-length);
        length = piece(vocabulary, token, bytes);
      }
      return bytes.asSlice(0, Math.max(0, length)).toArray(JAVA_BYTE);
    }
  }

  private int piece(MemorySegment vocabulary, int token, MemorySegment into) {
    int room = (int) into.byteSize();
    return Native.call(() -> (int) piece.invokeExact(vocabulary, token, into, room, 0, false));
  }

  /** Whether a token says that the answer is over. */
  boolean isEnd(MemorySegment vocabulary, int token) {
    return Native.call(() -> (boolean) isEnd.invokeExact(vocabulary, token));
  }

  /** How the token that ends a text is written; empty if there is none. */
  String endText(MemorySegment vocabulary) {
    int token = Native.call(() -> (int) end.invokeExact(vocabulary));
    return token < 0
        ? ""
        : Native.string(Native.call(() -> (MemorySegment) text.invokeExact(vocabulary, token)));
  }
}
