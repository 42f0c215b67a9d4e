package com.sutazai.inference.backend;

import static com.sutazai.testing.FakeModelServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.inference.backend.ServerClient.Ask;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Servers;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the statuses mean with which a server refuses. */
class RefusalsTest {
  private final Vertx vertx = Vertx.vertx();
  private final FakeModelServer fake = FakeModelServer.start();
  private final ServerClient client = ServerClients.on(vertx);

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
    fake.close();
  }

  @ParameterizedTest
  @CsvSource({
    "400, invalid option, REFUSED, false, false",
    "401, invalid key, SHUT_OUT, true, true",
    "403, key was revoked, SHUT_OUT, true, true",
    "407, proxy, SHUT_OUT, true, true",
    "404, model 'tinyllama' not found, MISSING_MODEL, false, false",
    "404, The model `tinyllama:latest` does not exist, MISSING_MODEL, false, false",
    "404, Model not found, MISSING_MODEL, false, false",
    "404, File Not Found, REFUSED, false, false",
    "404, This is not a chat model, REFUSED, false, false",
    "429, slow down, OVERLOADED, true, true",
    "500, out of memory, SERVER_ERROR, true, true",
    "501, no embeddings here, REFUSED, false, false",
    "503, loading, OVERLOADED, true, true"
  })
  void a_status_says_whose_fault_it_is(
      int status, String words, ModelFailure.Kind kind, boolean retryable, boolean againstServer) {
    // Given
    fake.next(status(status, words));
    var body =
        JsonNodeFactory.instance.objectNode().put("model", "tinyllama:latest").put("prompt", "hi");

    // When
    ModelFailure failure =
        catchThrowableOfType(
            ModelFailure.class,
            () -> client.stream(Ask.post(Servers.at(fake.url()), "/api/generate", body)));

    // Then
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure).hasMessageContaining(words);
    assertThat(failure.retryable()).isEqualTo(retryable);
    assertThat(failure.againstServer()).isEqualTo(againstServer);
  }
}
