package com.sutazai.cluster;

import java.util.List;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract with nothing but PostgreSQL between the processes. */
class FaultsIT extends ClusterContract {
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void processes_are_killed(long seed, TestInfo test) throws Exception {
    check(seed, test, false, List.of(Fault.KILL, Fault.FREEZE));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void the_database_crashes(long seed, TestInfo test) throws Exception {
    check(seed, test, false, List.of(Fault.DATABASE_CRASH));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void the_network_fails(long seed, TestInfo test) throws Exception {
    check(seed, test, false, List.of(Fault.STALL, Fault.CUT, Fault.RESET));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void clocks_jump(long seed, TestInfo test) throws Exception {
    check(seed, test, true, List.of(Fault.CLOCK_JUMP));
  }

  @ParameterizedTest(name = "seed {0}", allowZeroInvocations = true)
  @MethodSource("longSeeds")
  void everything_fails(long seed, TestInfo test) throws Exception {
    check(
        seed,
        test,
        true,
        List.of(
            Fault.KILL,
            Fault.STALL,
            Fault.DATABASE_CRASH,
            Fault.RESET,
            Fault.FREEZE,
            Fault.CUT,
            Fault.CLOCK_JUMP));
  }
}
