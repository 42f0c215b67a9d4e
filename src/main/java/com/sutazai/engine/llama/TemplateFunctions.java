package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The call that writes a chat as the prompt that a model was trained on. */
final class TemplateFunctions {
  /** {@code llama_chat_message}: a role and a content. */
  private static final long MESSAGE = 2 * ADDRESS.byteSize();

  private final MethodHandle apply;

  TemplateFunctions(Symbols symbols) {
    apply =
        symbols.call(
            "llama_chat_apply_template",
            FunctionDescriptor.of(
                JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_BOOLEAN, ADDRESS, JAVA_INT));
  }

  /** The prompt, up to where the model's answer begins; empty if the template is not known. */
  Optional<String> apply(String template, List<Message> messages) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(template);
      long count = messages.size();
      MemorySegment chat = arena.allocate(MESSAGE * Math.max(1, count), ADDRESS.byteAlignment());
      for (int i = 0; i < count; i++) {
        chat.setAtIndex(ADDRESS, 2L * i, arena.allocateFrom(messages.get(i).role()));
        chat.setAtIndex(ADDRESS, 2L * i + 1, arena.allocateFrom(messages.get(i).content()));
      }
      MemorySegment none = MemorySegment.NULL;
      int length = Native.call(() -> (int) apply.invokeExact(text, chat, count, true, none, 0));
      if (length < 0) {
        return Optional.empty();
      }
      MemorySegment prompt = arena.allocate(length + 1L);
      int room = length + 1;
      Native.call(() -> (int) apply.invokeExact(text, chat, count, true, prompt, room));
      byte[] bytes = prompt.asSlice(0, length).toArray(JAVA_BYTE);
      return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    }
  }
}
