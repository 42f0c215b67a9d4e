package com.sutazai.inference.preparation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.ModelFailure.Kind;
import com.sutazai.inference.backend.ServerClient;
import com.sutazai.inference.backend.ServerClient.Ask;
import com.sutazai.inference.backend.TokenStream;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What an Ollama server can be told about its models. */
final class OllamaServer {
  private static final Duration SHORT = Duration.ofSeconds(30);

  /**
   * A server checks what it has loaded down, or reads a large model, and says nothing meanwhile.
   */
  private static final Duration LONG = Duration.ofMinutes(10);

  private final Backend server;
  private final ServerClient client;
  private final ObjectMapper json;

  OllamaServer(Backend server, ServerClient client, ObjectMapper json) {
    this.server = server;
    this.client = client;
    this.json = json;
  }

  Backend backend() {
    return server;
  }

  /** Fails while the server is away. */
  void reach() throws ModelFailure, InterruptedException {
    ask(HttpMethod.GET, "/api/version", null, SHORT);
  }

  /** What it tells about a model; empty when it has no such. */
  Optional<JsonNode> show(String model) throws ModelFailure, InterruptedException {
    try {
      return Optional.of(ask(HttpMethod.POST, "/api/show", named(model), SHORT));
    } catch (ModelFailure failure) {
      if (failure.kind() == Kind.MISSING_MODEL) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** The models that are loaded. */
  JsonNode loaded() throws ModelFailure, InterruptedException {
    return ask(HttpMethod.GET, "/api/ps", null, SHORT).path("models");
  }

  /** Loads a model, which a request without a prompt does. */
  void load(String model, Optional<Duration> keepAlive) throws ModelFailure, InterruptedException {
    ObjectNode body = named(model).put("stream", false);
    keepAlive.ifPresent(each -> body.put("keep_alive", each.toMillis() / 1000.0));
    ask(HttpMethod.POST, "/api/generate", body, LONG);
  }

  void unload(String model) throws ModelFailure, InterruptedException {
    load(model, Optional.of(Duration.ZERO));
  }

  /** Gets a model from the library that its name says, and tells how far it is. */
  void pull(String model, Consumer<JsonNode> progress) throws ModelFailure, InterruptedException {
    follow("/api/pull", named(model), progress);
  }

  /** Makes a model of another one's weights; one of that name is replaced. */
  void create(String model, String from, RunnerParameters parameters)
      throws ModelFailure, InterruptedException {
    ObjectNode body = named(model).put("from", from);
    body.set("parameters", parameters.json());
    follow("/api/create", body, line -> {});
  }

  private static ObjectNode named(String model) {
    return JsonNodeFactory.instance.objectNode().put("model", model);
  }

  private JsonNode ask(HttpMethod method, String path, @Nullable ObjectNode body, Duration limit)
      throws ModelFailure, InterruptedException {
    JsonNode answer = client.json(new Ask(server, method, path, body), limit);
    return answer == null ? MissingNode.getInstance() : answer;
  }

  private void follow(String path, ObjectNode body, Consumer<JsonNode> progress)
      throws ModelFailure, InterruptedException {
    body.put("stream", true);
    boolean done = false;
    try (TokenStream lines = client.stream(Ask.post(server, path, body))) {
      for (byte[] each = lines.next(LONG); each != null; each = lines.next(LONG)) {
        JsonNode line = read(each);
        JsonNode error = line.path("error");
        if (!error.isMissingNode()) {
          lines.finish();
          throw new ModelFailure(Kind.REPORTED, "The model server reported: " + error.asText());
        }
        done |= "success".equals(line.path("status").textValue());
        progress.accept(line);
      }
    } finally {
      server.forget();
    }
    if (!done) {
      throw new ModelFailure(Kind.CUT, "The model server stopped before it was done.");
    }
  }

  private JsonNode read(byte[] line) throws ModelFailure {
    if (line == TokenStream.NOTHING) {
      throw new ModelFailure(
          Kind.TIMEOUT, "The model server said nothing for " + LONG.toMinutes() + " minutes.");
    }
    try {
      return json.readTree(line);
    } catch (IOException e) {
      throw new ModelFailure(
          Kind.GARBLED, "The model server sent a line that is no JSON object.", e);
    }
  }
}
