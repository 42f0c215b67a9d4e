package com.sutazai.engine.pull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.engine.model.GgufException;
import com.sutazai.engine.model.ModelStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One pull and whoever waits for it. */
final class Pull {
  /** How often it is told how far the download is. */
  private static final long BETWEEN_LINES = Duration.ofMillis(200).toNanos();

  private final Wanted wanted;
  private final ModelStore store;
  private final Web web;
  private final Registry registry;
  private final List<PullListener> listeners = new ArrayList<>();
  private volatile @Nullable Thread thread;
  private @Nullable ObjectNode last;
  private boolean over;
  private boolean left;
  private long toldAt = System.nanoTime() - BETWEEN_LINES;

  Pull(Wanted wanted, ModelStore store, Web web, Registry registry) {
    this.wanted = wanted;
    this.store = store;
    this.web = web;
    this.registry = registry;
  }

  /**
   * Begins.
   *
   * @param before whose end is waited for; null for nobody's
   * @param atEnd is run before the last line is told
   */
  synchronized void start(@Nullable Pull before, Runnable atEnd) {
    Thread first = before == null ? null : before.thread;
    String name = "pull-" + wanted.reference().name();
    thread = Thread.ofVirtual().name(name).start(() -> run(first, atEnd));
  }

  /** Whether it gets this very file, and not another one for the same name. */
  boolean isOf(Wanted other) {
    return wanted.equals(other);
  }

  /** Whether it ends because nobody waits for it any more. */
  synchronized boolean isLeft() {
    return left;
  }

  /** Tells the listener each step from now on, beginning with the last one; what ends that. */
  synchronized Runnable join(PullListener listener) {
    listeners.add(listener);
    if (last != null) {
      listener.line(last);
    }
    if (over) {
      listener.end();
    }
    return () -> leave(listener);
  }

  private synchronized void leave(PullListener listener) {
    listeners.remove(listener);
    if (listeners.isEmpty() && !over && thread != null) {
      left = true;
      thread.interrupt();
    }
  }

  private void run(@Nullable Thread first, Runnable atEnd) {
    ObjectNode end;
    try {
      if (first != null) {
        first.join();
      }
      pull();
      end = status("success");
    } catch (PullException e) {
      end = error(e.why());
    } catch (GgufException e) {
      end = error(wanted.reference().name() + " cannot be run: " + e.why());
    } catch (InterruptedException e) {
      end = error("the pull was cancelled");
    } catch (IOException e) {
      end = error("the model cannot be kept: " + e.getMessage());
    } catch (RuntimeException e) {
      end = error("the pull failed: " + e);
    }
    atEnd.run();
    end(end);
  }

  private void pull() throws IOException, InterruptedException {
    tell(status("pulling manifest"));
    Blob blob = wanted.file().isPresent() ? wanted.file().get() : registry.find(wanted.reference());
    if (blob.sha256().isPresent() && store.has(wanted.reference(), blob.sha256().get())) {
      return;
    }
    Path part = store.partial(blob.sha256().orElse(wanted.reference().shortName()));
    String digest = new Download(web, blob, part, (at, of) -> downloading(blob, at, of)).run();
    tell(status("verifying sha256 digest"));
    store.add(wanted.reference(), part, digest);
    tell(status("writing manifest"));
  }

  private void downloading(Blob blob, long completed, long total) {
    long now = System.nanoTime();
    if (now - toldAt < BETWEEN_LINES && completed < total) {
      return;
    }
    toldAt = now;
    String digest = blob.sha256().map(hex -> "sha256:" + hex).orElse(wanted.reference().name());
    String title = blob.sha256().map(hex -> hex.substring(0, 12)).orElse(digest);
    tell(
        status("pulling " + title)
            .put("digest", digest)
            .put("total", total)
            .put("completed", completed));
  }

  private static ObjectNode status(String text) {
    return JsonNodeFactory.instance.objectNode().put("status", text);
  }

  private static ObjectNode error(String text) {
    return JsonNodeFactory.instance.objectNode().put("error", text);
  }

  private synchronized void tell(ObjectNode line) {
    last = line;
    List.copyOf(listeners).forEach(each -> each.line(line));
  }

  private synchronized void end(ObjectNode line) {
    over = true;
    tell(line);
    List.copyOf(listeners).forEach(PullListener::end);
  }
}
