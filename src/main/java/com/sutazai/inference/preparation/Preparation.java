package com.sutazai.inference.preparation;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.Backends;
import com.sutazai.inference.backend.ServerClient;
import com.sutazai.inference.preparation.PrepareServer.Settings;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;

/** Prepares models in the background when the program starts, each Ollama server on its own. */
@ApplicationScoped
class Preparation {
  private static final Logger LOG = Logger.getLogger(Preparation.class);

  private final Backends backends;
  private final List<OllamaServer> servers;
  private final Settings settings;
  private final PreferredModels preferred;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  Preparation(
      Backends backends,
      ServerClient client,
      ObjectMapper json,
      Settings settings,
      PreferredModels preferred) {
    this.backends = backends;
    this.settings = settings;
    this.preferred = preferred;
    servers =
        backends.all().stream()
            .filter(Backend::isOllama)
            .map(each -> new OllamaServer(each, client, json))
            .toList();
  }

  void start(@Observes StartupEvent event) {
    if (settings.nothing()) {
      return;
    }
    if (servers.isEmpty()) {
      LOG.warn(
          "sutazai.inference.prepare and sutazai.inference.runner are for Ollama servers, and none is set");
    }
    for (OllamaServer server : servers) {
      threads.add(
          Thread.ofVirtual()
              .name("prepare-" + server.backend().name())
              .start(() -> prepare(server)));
    }
  }

  private void prepare(OllamaServer server) {
    try {
      Tries tries = new Tries(Thread::sleep);
      new PrepareServer(server, servers, settings, preferred, tries).run();
      backends.lookAtAll();
    } catch (InterruptedException e) {
      // the program stops
    }
  }

  void stop(@Observes ShutdownEvent event) throws InterruptedException {
    for (Thread thread : threads) {
      thread.interrupt();
      thread.join();
    }
  }
}
