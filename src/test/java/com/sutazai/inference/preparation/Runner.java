package com.sutazai.inference.preparation;

import java.util.Optional;
import java.util.OptionalInt;

/** What is set about the runner. */
record Runner(
    OptionalInt numCtx,
    OptionalInt numBatch,
    OptionalInt numThread,
    OptionalInt numGpu,
    OptionalInt mainGpu,
    Optional<Boolean> useMmap,
    boolean auto)
    implements RunnerConfig {
  static final Runner NOTHING = of(OptionalInt.empty(), OptionalInt.empty(), false);
  static final Runner AUTO = of(OptionalInt.empty(), OptionalInt.empty(), true);

  static Runner context(int tokens) {
    return of(OptionalInt.of(tokens), OptionalInt.empty(), false);
  }

  static Runner of(OptionalInt numCtx, OptionalInt numThread, boolean auto) {
    return new Runner(
        numCtx,
        OptionalInt.empty(),
        numThread,
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        auto);
  }
}
