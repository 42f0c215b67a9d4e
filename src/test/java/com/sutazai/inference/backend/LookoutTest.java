package com.sutazai.inference.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import com.sutazai.testing.Servers;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.lang.Thread.State;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class LookoutTest {
  @Test
  void a_server_that_accepts_and_says_nothing_is_not_waited_for_as_long_as_an_answer_may_take()
      throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      // Given
      Backend server = Servers.at("http://127.0.0.1:" + silent.getLocalPort());
      var lookout =
          new Lookout(server, ServerClients.config("sutazai.inference.list-timeout", "100ms"));

      // When
      Thread looking = Thread.ofVirtual().start(lookout::look);

      // Then: an answer may take 30 s to begin
      assertThat(looking.join(Duration.ofSeconds(20))).isTrue();
      assertThat(server.unwell()).isNotNull();
    }
  }

  @Test
  void those_who_come_while_a_server_is_asked_take_its_failure_too() throws Exception {
    try (ServerSocket broken = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      // Given: many more come while the first one asks
      Backend server = Servers.at("http://127.0.0.1:" + broken.getLocalPort());
      var lookout =
          new Lookout(server, ServerClients.config("sutazai.inference.list-timeout", "5m"));
      List<Thread> looking = new ArrayList<>();
      looking.add(Thread.ofVirtual().start(lookout::look));
      try (Socket asked = broken.accept()) {
        for (int i = 0; i < 20; i++) {
          looking.add(Thread.ofVirtual().start(lookout::look));
        }
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> looking.stream().allMatch(each -> each.getState() == State.WAITING));

        // When
        asked
            .getOutputStream()
            .write("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8));

        // Then: nobody answers another one
        for (Thread each : looking) {
          assertThat(each.join(Duration.ofSeconds(60))).isTrue();
        }
        assertThat(server.unwell()).isNotNull();
      }
    }
  }

  @Test
  void a_server_that_hangs_delays_no_look_at_another() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        FakeModelServer well = FakeModelServer.start()) {
      // Given
      var backends =
          new Backends(
              ServerClients.config(
                  Map.of(
                      "sutazai.inference.base-url",
                      "http://127.0.0.1:" + silent.getLocalPort() + "," + well.url(),
                      "sutazai.inference.list-timeout",
                      "5m",
                      "sutazai.inference.models-refresh",
                      "0s")),
              Engines.config());
      Backend answering = backends.all().getLast();

      // When
      backends.start(new StartupEvent());
      try {
        await().atMost(Duration.ofSeconds(60)).until(answering::hasSpoken);
        well.models("new:latest");

        // Then
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> answering.models().contains("new:latest"));
      } finally {
        backends.stop(new ShutdownEvent());
      }
    }
  }
}
