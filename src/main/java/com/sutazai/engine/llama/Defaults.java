package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * A parameter struct as the library fills it in. It writes into the beginning of a larger place;
 * how far it wrote tells whether the layout known here is the library's own.
 */
final class Defaults {
  private static final int ROOM = 512;
  private static final byte UNTOUCHED = (byte) 0xA5;

  private final String function;
  private final MethodHandle call;

  Defaults(Symbols symbols, String function, StructLayout layout) {
    this.function = function;
    call = symbols.call(function, FunctionDescriptor.of(layout));
  }

  MemorySegment in(Arena arena) {
    MemorySegment place = arena.allocate(ROOM, Long.BYTES);
    return fill(place);
  }

  /** Refuses a library whose struct ends elsewhere. */
  void check(int lastByte) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment place = arena.allocate(ROOM, Long.BYTES).fill(UNTOUCHED);
      fill(place);
      int last = ROOM - 1;
      while (last >= 0 && place.get(JAVA_BYTE, last) == UNTOUCHED) {
        last--;
      }
      if (last != lastByte) {
        throw new UnusableLibraryException(
            function + " fills " + (last + 1) + " bytes instead of " + (lastByte + 1));
      }
    }
  }

  private MemorySegment fill(MemorySegment place) {
    SegmentAllocator here = (size, alignment) -> place.asSlice(0, size);
    return Native.call(() -> (MemorySegment) call.invokeExact(here));
  }
}
