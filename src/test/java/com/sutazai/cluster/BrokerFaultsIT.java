package com.sutazai.cluster;

import com.sutazai.testing.DebianRabbit;
import com.sutazai.testing.Proxy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract with RabbitMQ between the processes, which fails as well. */
class BrokerFaultsIT extends ClusterContract {
  private DebianRabbit broker;
  private Proxy network;

  private final Fault crash = away(DebianRabbit::kill);
  private final Fault restart = away(DebianRabbit::stop);
  private final Fault cut = Fault.cut((cluster, random) -> network);
  private final Fault stall = Fault.stall((cluster, random) -> network);

  /** How the broker goes down. */
  private interface Stop {
    void of(DebianRabbit broker) throws IOException;
  }

  private Fault away(Stop stop) {
    return (cluster, random) -> {
      stop.of(broker);
      Fault.last(random, 1500);
      broker.start();
    };
  }

  @BeforeAll
  void startBroker(@TempDir Path folder) throws Exception {
    broker = DebianRabbit.start(folder);
    network = Proxy.to(broker.port());
  }

  @AfterAll
  void stopBroker() throws Exception {
    if (network != null) {
      network.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  @Override
  Map<String, String> environment() {
    return Map.of("RABBITMQ_URL", broker.url(network.port()));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void the_broker_fails(long seed, TestInfo test) throws Exception {
    check(seed, test, false, List.of(crash, cut, stall, restart));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void the_broker_and_all_else_fail(long seed, TestInfo test) throws Exception {
    check(
        seed,
        test,
        false,
        List.of(Fault.KILL, restart, Fault.DATABASE_CRASH, stall, Fault.STALL, Fault.FREEZE, cut));
  }
}
