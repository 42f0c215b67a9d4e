package com.sutazai.platform.caller;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Ends requests that wait idly as soon as the process is told to stop. The framework's event comes
 * later: when all requests are answered, or their time is up.
 */
@ApplicationScoped
class StopNotice {
  private final Thread hook;

  StopNotice(Connections connections) {
    hook = Thread.ofPlatform().name("stop-notice").unstarted(connections::endIdleOnes);
  }

  void start(@Observes StartupEvent event) {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  void stop(@Observes ShutdownEvent event) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process ends: it has run
    }
  }
}
