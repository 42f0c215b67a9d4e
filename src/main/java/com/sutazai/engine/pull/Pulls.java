package com.sutazai.engine.pull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.engine.model.ModelReference;
import com.sutazai.engine.model.ModelStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pulls that are under way, one for each model: who asks for one that is under way joins it. A
 * pull that nobody waits for any more ends, and what came of it is kept for the next one.
 */
public final class Pulls implements AutoCloseable {
  private static final int MOST = 4;

  private final ModelStore store;
  private final PullConfig config;
  private final Web web;
  private final Map<String, Pull> underWay = new HashMap<>();

  public Pulls(ModelStore store, PullConfig config) throws IOException {
    this.store = store;
    this.config = config;
    web = new Web(config);
    store.sweep();
  }

  /** What the model of a name or an address is called here; empty when it cannot be pulled. */
  public static Optional<ModelReference> reference(String model) {
    try {
      return Optional.of(Wanted.parse(model).reference());
    } catch (PullException e) {
      return Optional.empty();
    }
  }

  /**
   * Pulls a model, or joins whoever does.
   *
   * @param model its name, or the https address of its file
   * @param listener is told each step; its last line says success or error
   * @return leaves the pull
   */
  public Runnable pull(String model, PullListener listener) {
    synchronized (underWay) {
      Wanted wanted;
      try {
        wanted = Wanted.parse(model);
      } catch (PullException e) {
        refuse(listener, e.why());
        return () -> {};
      }
      String key = wanted.reference().name();
      Pull pull = underWay.get(key);
      if (pull == null || pull.isLeft()) {
        if (underWay.size() == MOST) {
          refuse(listener, MOST + " models are pulled already; try again when one is here");
          return () -> {};
        }
        return begin(key, wanted, pull, listener);
      }
      if (!pull.isOf(wanted)) {
        refuse(listener, key + " is being pulled from another place; try again when it is here");
        return () -> {};
      }
      return pull.join(listener);
    }
  }

  /** Begins one, when the one before it has come to its end; the listener is told all of it. */
  private Runnable begin(String key, Wanted wanted, @Nullable Pull before, PullListener listener) {
    Pull pull = new Pull(wanted, store, web, new Registry(web, config.registry()));
    underWay.put(key, pull);
    Runnable leave = pull.join(listener);
    pull.start(before, () -> forget(key, pull));
    return leave;
  }

  private static void refuse(PullListener listener, String why) {
    ObjectNode line = JsonNodeFactory.instance.objectNode().put("error", why);
    listener.line(line);
    listener.end();
  }

  private void forget(String key, Pull pull) {
    synchronized (underWay) {
      underWay.remove(key, pull);
    }
  }

  @Override
  public void close() {
    web.close();
  }
}
