package com.sutazai.cache;

import com.sutazai.platform.error.ProblemException;
import io.quarkus.arc.All;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/** Fills regions before somebody asks: at the start, beside the first requests, or when told to. */
@ApplicationScoped
class Warming {
  private static final Logger LOG = Logger.getLogger(Warming.class);
  private static final int MOST = 500;

  private final CacheConfig config;
  private final List<Warmer> warmers;

  Warming(CacheConfig config, @All List<Warmer> warmers) {
    this.config = config;
    this.warmers = warmers;
  }

  void start(@Observes @Priority(1100) StartupEvent event) {
    if (config.warmAtStart()) {
      Thread.ofVirtual().name("warm-cache").start(this::warmQuietly);
    }
  }

  private void warmQuietly() {
    try {
      warm();
    } catch (ProblemException unavailable) {
      LOG.debugf("The cache stays cold: %s", unavailable.detail());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Loads what is likely to be asked for; how many entries each region got. */
  Map<String, Integer> warm() throws InterruptedException {
    Map<String, Integer> loaded = new TreeMap<>();
    for (Warmer warmer : warmers) {
      loaded.merge(warmer.region(), warmer.warm(MOST), Integer::sum);
    }
    return loaded;
  }
}
