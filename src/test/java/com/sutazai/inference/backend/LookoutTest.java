package com.sutazai.inference.backend;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.ModelServer;
import com.sutazai.testing.Servers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
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
}
