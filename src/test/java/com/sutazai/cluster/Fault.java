package com.sutazai.cluster;

import com.sutazai.testing.Proxy;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Something that goes wrong for a while. */
interface Fault {
  /** Does the harm, lets it last as long as the random numbers say, and mends it. */
  void strike(Cluster cluster, RandomGenerator random) throws Exception;

  /** A process is killed (kill -9) and started again. */
  Fault KILL =
      (cluster, random) -> {
        Node node = cluster.any(random);
        node.kill();
        last(random, 2000);
        node.revive();
      };

  /** A process stands still, long enough to lose leases, and goes on as if nothing had been. */
  Fault FREEZE =
      (cluster, random) -> {
        Node node = cluster.any(random);
        node.signal("STOP");
        last(random, 6000);
        node.signal("CONT");
      };

  /** The database server crashes and recovers. */
  Fault DATABASE_CRASH =
      (cluster, random) -> {
        cluster.server().stop();
        last(random, 1500);
        cluster.server().start();
      };

  /** The network between a process and the database is cut. */
  Fault CUT = cut((cluster, random) -> cluster.any(random).network());

  /** Every connection between a process and the database breaks once. */
  Fault RESET =
      (cluster, random) -> {
        Proxy network = cluster.any(random).network();
        network.cut();
        network.heal();
      };

  /** The network between a process and the database passes nothing, long enough to lose leases. */
  Fault STALL = stall((cluster, random) -> cluster.any(random).network());

  /** The clock of a process is set an hour ahead or back, and right again. */
  Fault CLOCK_JUMP =
      (cluster, random) -> {
        FakeClock clock = cluster.anyClock(random).orElseThrow();
        clock.set(Duration.ofHours(random.nextBoolean() ? 1 : -1));
        last(random, 4000);
        clock.set(Duration.ZERO);
      };

  /** Which network fails. */
  interface Choice {
    Proxy of(Cluster cluster, RandomGenerator random);
  }

  /** A network is cut. */
  static Fault cut(Choice choice) {
    return (cluster, random) -> {
      Proxy network = choice.of(cluster, random);
      network.cut();
      last(random, 4000);
      network.heal();
    };
  }

  /** A network passes nothing. */
  static Fault stall(Choice choice) {
    return (cluster, random) -> {
      Proxy network = choice.of(cluster, random);
      network.stall();
      last(random, 6000);
      network.heal();
    };
  }

  /** Lasts at most so many milliseconds, and at least a quarter of them. */
  static void last(RandomGenerator random, int most) throws InterruptedException {
    Thread.sleep(random.nextInt(most / 4, most + 1));
  }
}
