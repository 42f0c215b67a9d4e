package com.sutazai.engine.llama;

import java.lang.foreign.MemorySegment;

/** Calls of method handles, and what they give back. */
final class Native {
  private static final long LONGEST_TEXT = 1 << 24;

  private Native() {}

  /** A call that method handles declare to throw anything; downcalls throw nothing of their own. */
  @FunctionalInterface
  interface Call<T> {
    T run() throws Throwable;
  }

  @FunctionalInterface
  interface Order {
    void run() throws Throwable;
  }

  static <T> T call(Call<T> call) {
    try {
      return call.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static void order(Order order) {
    try {
      order.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static boolean isNull(MemorySegment pointer) {
    return pointer.address() == 0;
  }

  /** The text that a C string holds; bytes that are no UTF-8 become replacement characters. */
  static String string(MemorySegment pointer) {
    return isNull(pointer) ? "" : pointer.reinterpret(LONGEST_TEXT).getString(0);
  }
}
