package com.sutazai.inference.preparation;

import static com.sutazai.testing.FakeModelServer.lines;
import static com.sutazai.testing.FakeModelServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.ServerClient;
import com.sutazai.inference.backend.ServerClients;
import com.sutazai.inference.preparation.PrepareServer.Settings;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Ports;
import com.sutazai.testing.Servers;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PrepareServerTest {
  private static final String PLAIN = "tinyllama";
  private static final String OPTIMIZED = "tinyllama-optimized";
  private static final Prepare PULL = new Prepare(true, false, Optional.empty());
  private static final Prepare PRELOAD = new Prepare(false, true, Optional.empty());

  private static Vertx vertx;
  private static ServerClient client;

  private final FakeModelServer fake = FakeModelServer.start();
  private final Backend backend = Servers.at(fake.url());
  private final PreferredModels preferred = new PreferredModels(ServerClients.config());
  private final List<Duration> pauses = new ArrayList<>();

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    client = ServerClients.on(vertx);
  }

  @AfterAll
  static void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  private static OllamaServer server(Backend backend) {
    return new OllamaServer(backend, client, new ObjectMapper());
  }

  private void prepare(PrepareConfig prepare, RunnerConfig runner) throws InterruptedException {
    OllamaServer server = server(backend);
    prepare(server, List.of(server), prepare, runner, pauses::add);
  }

  private void prepare(
      OllamaServer server,
      List<OllamaServer> all,
      PrepareConfig prepare,
      RunnerConfig runner,
      Tries.Rest rest)
      throws InterruptedException {
    Settings settings = new Settings(prepare, runner, 4);
    new PrepareServer(server, all, settings, preferred, new Tries(rest)).run();
  }

  private static JsonObject created(JsonObject parameters) {
    return new JsonObject()
        .put("model", OPTIMIZED)
        .put("from", PLAIN)
        .put("parameters", parameters)
        .put("stream", true);
  }

  private static JsonObject loaded(String model) {
    return new JsonObject().put("model", model).put("stream", false);
  }

  private static JsonObject pulled() {
    return new JsonObject().put("model", PLAIN).put("stream", true);
  }

  @Test
  void a_missing_model_is_pulled() throws InterruptedException {
    // Given
    fake.models();

    // When
    prepare(PULL, Runner.NOTHING);

    // Then
    assertThat(fake.requests()).containsExactly(pulled());
    assertThat(pauses).isEmpty();
  }

  @Test
  void a_model_that_is_there_is_not_pulled() throws InterruptedException {
    // When
    prepare(PULL, Runner.NOTHING);

    // Then
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void a_model_that_another_server_has_is_not_pulled() throws InterruptedException {
    // Given
    fake.models();
    try (FakeModelServer having = FakeModelServer.start()) {
      OllamaServer server = server(backend);
      OllamaServer other = server(Servers.at(having.url()));

      // When
      prepare(server, List.of(server, other), PULL, Runner.NOTHING, pauses::add);
    }

    // Then
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void a_pull_is_tried_again_while_the_library_is_away() throws InterruptedException {
    // Given
    fake.models();
    fake.next(lines("{\"status\":\"pulling manifest\"}", "{\"error\":\"no such host\"}"));

    // When
    prepare(PULL, Runner.NOTHING);

    // Then
    assertThat(fake.requests()).containsExactly(pulled(), pulled());
    assertThat(pauses).containsExactly(Duration.ofSeconds(1));
  }

  @Test
  void a_pull_that_ends_without_success_is_tried_again() throws InterruptedException {
    // Given
    fake.models();
    fake.next(lines("{\"status\":\"pulling manifest\"}"));

    // When
    prepare(PULL, Runner.NOTHING);

    // Then
    assertThat(fake.requests()).containsExactly(pulled(), pulled());
  }

  @Test
  void a_server_that_is_away_is_waited_for() throws Exception {
    // Given
    int port = Ports.free();
    OllamaServer late = server(Servers.at("http://127.0.0.1:" + port));
    List<FakeModelServer> started = new ArrayList<>();
    Tries.Rest startingIt =
        pause -> {
          pauses.add(pause);
          if (pauses.size() == 2) {
            started.add(FakeModelServer.start(port));
          }
        };

    // When
    prepare(late, List.of(late), PRELOAD, Runner.NOTHING, startingIt);

    // Then
    try (FakeModelServer fresh = started.getFirst()) {
      assertThat(pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
      assertThat(fresh.requests()).containsExactly(loaded(PLAIN));
    }
  }

  @Test
  void the_model_is_loaded_to_stay_for_ever() throws InterruptedException {
    // Given
    Prepare forEver = new Prepare(false, true, Optional.of(Duration.ofSeconds(-1)));

    // When
    prepare(forEver, Runner.NOTHING);

    // Then
    assertThat(fake.requests()).containsExactly(loaded(PLAIN).put("keep_alive", -1.0));
  }

  @Test
  void settings_of_the_runner_make_a_model_that_is_loaded_and_preferred()
      throws InterruptedException {
    // When
    prepare(PRELOAD, Runner.context(2048));

    // Then
    assertThat(fake.requests())
        .containsExactly(created(new JsonObject().put("num_ctx", 2048)), loaded(OPTIMIZED));
    assertThat(preferred.instead(PLAIN, List.of(backend))).hasValue(OPTIMIZED);
  }

  @Test
  void a_model_that_is_as_it_is_set_is_not_made_again() throws InterruptedException {
    // Given
    prepare(Prepare.NOTHING, Runner.context(2048));

    // When
    prepare(Prepare.NOTHING, Runner.context(2048));

    // Then
    assertThat(fake.requests()).hasSize(1);
  }

  @Test
  void a_model_that_is_set_otherwise_is_made_again() throws InterruptedException {
    // Given
    prepare(Prepare.NOTHING, Runner.context(2048));

    // When
    prepare(Prepare.NOTHING, Runner.context(4096));

    // Then
    assertThat(fake.requests().getLast()).isEqualTo(created(new JsonObject().put("num_ctx", 4096)));
  }

  @Test
  void a_model_that_cannot_be_made_leaves_the_plain_one_to_serve() throws InterruptedException {
    // Given
    fake.next(status(400, "neither 'from' or 'files' was specified"));

    // When
    prepare(PRELOAD, Runner.context(2048));

    // Then
    assertThat(fake.requests()).hasSize(2).last().isEqualTo(loaded(PLAIN));
    assertThat(preferred.instead(PLAIN, List.of(backend))).isEmpty();
    assertThat(pauses).isEmpty();
  }

  @Test
  void a_model_that_is_installed_later_is_waited_for() throws InterruptedException {
    // Given
    fake.models();
    OllamaServer server = server(backend);

    // When
    prepare(
        server,
        List.of(server),
        Prepare.NOTHING,
        Runner.context(2048),
        pause -> fake.models(PLAIN));

    // Then
    assertThat(fake.requests()).containsExactly(created(new JsonObject().put("num_ctx", 2048)));
  }

  @Test
  void a_gpu_is_seen_by_the_loaded_model() throws InterruptedException {
    // Given
    fake.vram(600_000_000);

    // When
    prepare(Prepare.NOTHING, Runner.AUTO);

    // Then
    JsonObject gpu = new JsonObject().put("main_gpu", 0).put("num_gpu", 32).put("num_thread", 1);
    assertThat(fake.requests())
        .containsExactly(loaded(PLAIN), loaded(PLAIN).put("keep_alive", 0.0), created(gpu));
  }

  @Test
  void without_a_gpu_the_cores_compute() throws InterruptedException {
    // Given
    fake.vram(0);

    // When
    prepare(Prepare.NOTHING, Runner.AUTO);

    // Then
    assertThat(fake.requests().getLast())
        .isEqualTo(created(new JsonObject().put("num_gpu", 0).put("num_thread", 4)));
  }

  @Test
  void what_is_set_goes_before_what_the_hardware_says() throws InterruptedException {
    // Given
    fake.vram(0);

    // When
    prepare(Prepare.NOTHING, Runner.of(OptionalInt.of(1024), OptionalInt.of(3), true));

    // Then
    assertThat(fake.requests().getLast())
        .isEqualTo(
            created(new JsonObject().put("num_ctx", 1024).put("num_gpu", 0).put("num_thread", 3)));
  }
}
