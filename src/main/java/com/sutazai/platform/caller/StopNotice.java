package com.sutazai.platform.caller;

import com.sutazai.platform.loop.StopHook;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jspecify.annotations.Nullable;

/**
 * Ends requests that wait idly as soon as the process is told to stop. The framework's event comes
 * later: when all requests are answered, or their time is up.
 */
@ApplicationScoped
class StopNotice {
  private final Connections connections;
  private @Nullable StopHook hook;

  StopNotice(Connections connections) {
    this.connections = connections;
  }

  void start(@Observes StartupEvent event) {
    hook = StopHook.begin("stop-notice", connections::endIdleOnes);
  }

  void stop(@Observes ShutdownEvent event) {
    if (hook != null) {
      hook.close();
    }
  }
}
