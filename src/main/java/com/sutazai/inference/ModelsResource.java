package com.sutazai.inference;

import com.sutazai.inference.ModelServers.Listed;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.BackendConfig;
import com.sutazai.inference.backend.Backends;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.platform.breaker.CircuitBreaker;
import com.sutazai.platform.caller.Requires;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/models}: which models can answer, and where. */
@Path("/api{version:(/v1)?}/models")
@RunOnVirtualThread
@Tag(name = "Models")
@Requires.ModelsUse
class ModelsResource {
  private final ModelServers servers;
  private final Backends backends;
  private final BackendConfig config;

  ModelsResource(ModelServers servers, Backends backends, BackendConfig config) {
    this.servers = servers;
    this.backends = backends;
    this.config = config;
  }

  /**
   * All models.
   *
   * @param items those that a server lists
   * @param defaultModel name of the model of requests that name none, as it is set
   * @param aliases names that are answered by other models
   */
  @RegisterForReflection
  record ModelList(
      List<Model> items,
      String defaultModel,
      Map<String, List<String>> aliases,
      List<Server> backends) {}

  /** A model and the servers that have it. */
  @RegisterForReflection
  record Model(String name, List<String> backends) {}

  /**
   * A model server.
   *
   * @param status {@code ok}, or {@code down} while it is left alone or its list cannot be read
   * @param detail why it is down; null when it is not
   * @param slots requests it works on at once, if it says so or is set so; else they are measured
   */
  @RegisterForReflection
  record Server(
      String name,
      String url,
      String kind,
      String status,
      @Nullable String detail,
      @Nullable Integer slots) {}

  @GET
  @Operation(summary = "Models that can answer, and the servers that have them")
  public ModelList list() throws InterruptedException {
    List<Model> items = servers.list().stream().map(ModelsResource::model).toList();
    return new ModelList(
        items,
        config.model().name(),
        config.aliases(),
        backends.all().stream().map(ModelsResource::server).toList());
  }

  private static Model model(Listed listed) {
    return new Model(listed.name(), listed.servers().stream().map(Backend::name).toList());
  }

  private static Server server(Backend backend) {
    ModelFailure failure = backend.unwell();
    boolean open = backend.breaker().state() != CircuitBreaker.State.CLOSED;
    String why = failure != null ? failure.getMessage() : open ? "It failed repeatedly." : null;
    return new Server(
        backend.name(),
        backend.url().toString(),
        backend.isOllama() ? "ollama" : "openai",
        why == null ? "ok" : "down",
        why,
        backend.slots().isPresent() ? backend.slots().getAsInt() : null);
  }
}
