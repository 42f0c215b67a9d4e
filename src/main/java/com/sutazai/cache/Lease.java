package com.sutazai.cache;

import com.sutazai.platform.loop.Loop;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The right to load a value while other processes wait for it. It is renewed for as long as it is
 * open, so that it ends soon after a process that died. Whatever happens to it, the load goes on.
 */
public final class Lease implements AutoCloseable {
  /** How long others are told that the value is there; they ask several times a second. */
  private static final Duration TOLD = Duration.ofSeconds(2);

  /** Stands for the right of somebody for whom nobody waits. */
  public static final Lease NONE = new Lease();

  private final @Nullable LeaseKeeper keeper;
  private final String name;
  private final String token;
  private final AtomicBoolean over = new AtomicBoolean();
  private final @Nullable Loop renewal;
  private volatile boolean keeping;

  private Lease() {
    keeper = null;
    name = "";
    token = "";
    renewal = null;
  }

  /**
   * @param hold how long it was taken for, and is renewed for
   */
  Lease(LeaseKeeper keeper, String name, String token, Duration hold) {
    this.keeper = keeper;
    this.name = name;
    this.token = token;
    renewal = Loop.start("hold-lease", () -> renew(keeper, hold));
  }

  private void renew(LeaseKeeper keeper, Duration hold) throws InterruptedException {
    Thread.sleep(hold.dividedBy(3));
    tell(() -> keeper.hold(name, token, hold));
  }

  /** From here on the end of writing the value is its end, and {@link #close} does nothing. */
  void keeping() {
    keeping = true;
  }

  /**
   * Ends it.
   *
   * @param there whether others find the value now
   */
  void written(boolean there) {
    end(
        at -> {
          if (there) {
            at.kept(name, token, TOLD);
          } else {
            at.release(name, token);
          }
        });
  }

  /** Ends it, unless the value is being kept; returns at once. */
  @Override
  public void close() {
    if (!keeping) {
      end(at -> at.release(name, token));
    }
  }

  private void end(Consumer<LeaseKeeper> last) {
    if (keeper == null || renewal == null || !over.compareAndSet(false, true)) {
      return;
    }
    LeaseKeeper at = keeper;
    renewal.stop();
    Thread.ofVirtual().name("end-lease").start(() -> tell(() -> last.accept(at)));
  }

  private static void tell(Runnable message) {
    try {
      message.run();
    } catch (Tier.TierException e) {
      // it ends by itself
    }
  }
}
