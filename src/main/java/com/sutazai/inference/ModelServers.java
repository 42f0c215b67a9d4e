package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.cache.Changes;
import com.sutazai.cache.Tags;
import com.sutazai.inference.Models.Resolved;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.BackendConfig;
import com.sutazai.inference.backend.Backends;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.ServerClient;
import com.sutazai.inference.backend.ServerClient.Ask;
import com.sutazai.inference.backend.TokenStream;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.model.ModelTag;
import io.vertx.core.http.HttpMethod;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The model servers and what they hold. What changes a model is done on each Ollama server, so that
 * each of them can answer for it.
 */
@ApplicationScoped
public class ModelServers {
  /** A server checks what it has loaded down, and says nothing meanwhile. */
  private static final Duration LONGEST_SILENCE = Duration.ofMinutes(10);

  private final Backends backends;
  private final BackendConfig config;
  private final Models models;
  private final ServerClient client;
  private final Changes changes;

  ModelServers(
      Backends backends,
      BackendConfig config,
      Models models,
      ServerClient client,
      Changes changes) {
    this.backends = backends;
    this.config = config;
    this.models = models;
    this.client = client;
    this.changes = changes;
  }

  /**
   * A model as the servers list it.
   *
   * @param described what the first of its servers tells about it, in that server's words
   * @param ollama whether those are Ollama's words
   */
  public record Listed(String name, List<Backend> servers, JsonNode described, boolean ollama) {}

  /** All models, asked for now; those of a server that does not answer as it said last. */
  public List<Listed> list() throws InterruptedException {
    backends.lookAtAll();
    List<Listed> list = new ArrayList<>();
    models
        .known()
        .forEach(
            (name, servers) -> {
              Backend first = servers.getFirst();
              JsonNode described = first.described().get(name);
              if (described != null) {
                list.add(new Listed(name, servers, described, first.isOllama()));
              }
            });
    return list;
  }

  /** The servers with Ollama's own API. */
  public List<Backend> ollama() {
    return backends.present().stream().filter(Backend::isOllama).toList();
  }

  /** The servers that have the model. */
  public List<Backend> having(String model) throws InterruptedException {
    return find(model).servers();
  }

  /** The installed model that the name means, and the servers that have it. */
  public Resolved find(String model) throws InterruptedException {
    try {
      return models.resolve(model);
    } catch (ModelFailure failure) {
      throw failure.problem();
    }
  }

  /**
   * Has an Ollama server read a model into its memory, which a request without a prompt does.
   *
   * @param keepAlive how long it keeps it there; zero gives the memory back; empty for its own
   *     setting
   */
  public void load(Backend server, String model, Optional<Duration> keepAlive)
      throws InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("model", model).put("stream", false);
    keepAlive.ifPresent(each -> body.put("keep_alive", each.toSeconds()));
    try {
      client.json(new Ask(server, HttpMethod.POST, "/api/generate", body), LONGEST_SILENCE);
    } catch (ModelFailure failure) {
      throw failure.problem();
    }
  }

  /** What a server answers to a short question; null when it says nothing. */
  public @Nullable JsonNode ask(
      Backend server, HttpMethod method, String path, @Nullable ObjectNode body)
      throws InterruptedException {
    try {
      return client.json(new Ask(server, method, path, body), config.firstByteTimeout());
    } catch (ModelFailure failure) {
      throw failure.problem();
    }
  }

  /**
   * What each Ollama server answers, by the server's name; all are asked at the same time, and
   * those that do not answer soon are left out.
   */
  public Map<String, JsonNode> askEach(String path) throws InterruptedException {
    List<Backend> servers = ollama();
    Map<String, JsonNode> heard = new ConcurrentHashMap<>();
    List<Thread> asking =
        servers.stream()
            .map(server -> Thread.ofVirtual().start(() -> hear(server, path, heard)))
            .toList();
    for (Thread thread : asking) {
      thread.join();
    }
    Map<String, JsonNode> answers = new LinkedHashMap<>();
    for (Backend server : servers) {
      JsonNode answer = heard.get(server.name());
      if (answer != null) {
        answers.put(server.name(), answer);
      }
    }
    return answers;
  }

  private void hear(Backend server, String path, Map<String, JsonNode> heard) {
    try {
      JsonNode answer =
          client.json(new Ask(server, HttpMethod.GET, path, null), config.listTimeout());
      if (answer != null) {
        heard.put(server.name(), answer);
      }
    } catch (ModelFailure failure) {
      // said by its health
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says that the model is another one there now, or none: what it answered is not used again. */
  public void changed(Backend server, String model) {
    server.forget();
    changes.changed(ModelTag.spellings(model).stream().map(Tags::model).toArray(String[]::new));
  }

  /**
   * Has something done to a model that takes long: passes on each line that the server says
   * meanwhile.
   */
  public void follow(
      Backend server, String path, String model, ObjectNode body, Consumer<byte[]> line)
      throws InterruptedException {
    try (TokenStream lines = client.stream(Ask.post(server, path, body))) {
      for (byte[] each = lines.next(LONGEST_SILENCE);
          each != null;
          each = lines.next(LONGEST_SILENCE)) {
        if (each == TokenStream.NOTHING) {
          throw new ProblemException(
              ErrorCode.MODEL_TIMEOUT,
              "The model server said nothing for " + LONGEST_SILENCE.toMinutes() + " minutes.");
        }
        line.accept(each);
      }
      lines.finish();
    } catch (ModelFailure failure) {
      throw failure.problem();
    } finally {
      changed(server, model);
    }
  }
}
