package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * What llama.cpp says while it works. Only errors are written, to the standard error stream; the
 * last one is kept, because calls that fail say no more than that.
 */
final class NativeLog {
  static final FunctionDescriptor WRITE = FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS, ADDRESS);
  static final FunctionDescriptor SET = FunctionDescriptor.ofVoid(ADDRESS, ADDRESS);

  /** {@code GGML_LOG_LEVEL_ERROR}. */
  private static final int ERROR = 4;

  private static volatile String last = "";

  private NativeLog() {}

  static void attach(Symbols symbols) {
    MethodHandle set = symbols.call("llama_log_set", SET);
    MemorySegment write = Linker.nativeLinker().upcallStub(target(), WRITE, Arena.global());
    Native.order(
        () -> {
          set.invokeExact(write, MemorySegment.NULL);
        });
  }

  private static MethodHandle target() {
    try {
      return MethodHandles.lookup()
          .findStatic(
              NativeLog.class,
              "write",
              MethodType.methodType(
                  void.class, int.class, MemorySegment.class, MemorySegment.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Called by llama.cpp; an exception here would end the process. */
  static void write(int level, MemorySegment text, MemorySegment nothing) {
    try {
      if (level == ERROR) {
        last = Native.string(text).strip();
        System.err.println(last);
      }
    } catch (RuntimeException e) {
      last = e.toString();
    }
  }

  /** The last error; empty if there was none. */
  static String lastError() {
    return last;
  }

  static void forget() {
    last = "";
  }
}
