package com.sutazai.security.quota;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A place for a generation and the tokens that it may cost, until it is known what it did cost. */
public final class Reservation {
  /** Of who has no limits. */
  public static final Reservation NONE = new Reservation(null, 0, 0, () -> 0, () -> {});

  private static final long MOST_TOKENS = 2_000_000_000;

  private final @Nullable Account account;
  private final long tokens;
  private final long day;
  private final LongSupplier clock;
  private final Runnable changed;
  private final long since;
  private final AtomicBoolean ended = new AtomicBoolean();

  /**
   * @param changed is run when what the generation cost was counted
   */
  Reservation(
      @Nullable Account account, long tokens, long day, LongSupplier clock, Runnable changed) {
    this.account = account;
    this.tokens = tokens;
    this.day = day;
    this.clock = clock;
    this.changed = changed;
    since = clock.getAsLong();
  }

  /** It cost so many tokens; what can be no count is none. A second end changes nothing. */
  public void end(long measured) {
    if (account != null && ended.compareAndSet(false, true)) {
      long cost = measured < 0 || measured > MOST_TOKENS ? tokens : measured;
      account.ended(cost - tokens, day, clock.getAsLong() - since);
      changed.run();
    }
  }

  /** It was answered and nobody counted: what was reserved counts. */
  public void endUncounted() {
    end(tokens);
  }
}
