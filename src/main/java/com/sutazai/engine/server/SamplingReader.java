package com.sutazai.engine.server;

import com.sutazai.engine.llama.Sampling;
import java.util.concurrent.ThreadLocalRandom;

/** Reads Ollama's options, with its defaults. Those of the loaded model change nothing here. */
final class SamplingReader {
  private static final int LONGEST_MEMORY = 1 << 16;
  private static final int UP_TO_THE_CONTEXT = -1;

  private SamplingReader() {}

  /**
   * How tokens are to be chosen.
   *
   * @param context tokens that there may be, for options that mean all of them
   */
  static Sampling read(RequestBody options, int context) {
    int last = options.integer("repeat_last_n", 64, UP_TO_THE_CONTEXT, LONGEST_MEMORY);
    return new Sampling(
        (float) options.number("temperature", 0.8, 0, 100),
        options.integer("top_k", 40, 0, Integer.MAX_VALUE),
        (float) options.number("top_p", 0.9, 0, 1),
        (float) options.number("min_p", 0, 0, 1),
        (float) options.number("typical_p", 1, 0, 1),
        last < 0 ? Math.min(context, LONGEST_MEMORY) : last,
        (float) options.number("repeat_penalty", 1.1, 0.01, 100),
        (float) options.number("presence_penalty", 0, -100, 100),
        (float) options.number("frequency_penalty", 0, -100, 100),
        options.integer("mirostat", 0, 0, 2),
        (float) options.number("mirostat_tau", 5, 0, 100),
        (float) options.number("mirostat_eta", 0.1, 0, 100),
        seed(options));
  }

  /** Without one, another each time. */
  private static int seed(RequestBody options) {
    double seed = options.number("seed", -1, Integer.MIN_VALUE, 4_294_967_295.0);
    return seed == -1 ? ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE) : (int) (long) seed;
  }
}
