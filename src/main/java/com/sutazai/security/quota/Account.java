package com.sutazai.security.quota;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one key, or one owner whose callers come without a key, has used and may still use. Each
 * method takes its lock for some arithmetic and never waits for anything else.
 */
final class Account {
  private static final Duration LONGEST_HOLD = Duration.ofSeconds(60);

  /** Weight of the newest generation in the moving average. */
  private static final double NEWEST = 0.2;

  private final UUID id;
  private final UUID owner;
  private Limits limits = Limits.NONE;
  private @Nullable Bucket requests;
  private @Nullable Bucket tokens;
  private @Nullable DayCount day;
  private int processes = 1;
  private int generations;

  /** How long a generation takes, in milliseconds. */
  private double held = 1_000;

  private boolean changed;

  /** When its limits were read, in milliseconds; negative before. */
  private long readAt = -1;

  private boolean usable;
  private boolean touched;
  private String policy = "";

  Account(UUID id, UUID owner) {
    this.id = id;
    this.owner = owner;
  }

  UUID id() {
    return id;
  }

  synchronized Limits limits() {
    return limits;
  }

  /** Sets what may be asked for; what was used stays used. */
  synchronized void limit(Limits now, long millis) {
    limits = now;
    requests = bucket(requests, now.requestsPerMinute(), millis);
    tokens = bucket(tokens, now.tokensPerMinute(), millis);
    day = dayCount(day, now.tokensPerDay(), millis);
    policy = RateLimitFields.policy(this, millis);
  }

  private static @Nullable Bucket bucket(@Nullable Bucket known, @Nullable Long limit, long now) {
    if (limit == null) {
      return null;
    }
    if (known == null) {
      return new Bucket(limit, now);
    }
    if (known.limit() != limit) {
      known.limit(limit);
    }
    return known;
  }

  private static @Nullable DayCount dayCount(
      @Nullable DayCount known, @Nullable Long limit, long now) {
    if (limit == null) {
      return null;
    }
    if (known == null) {
      return new DayCount(limit, now);
    }
    if (known.limit() != limit) {
      known.limit(limit);
    }
    return known;
  }

  /** Takes one request; what is in the way of it, or null. */
  synchronized @Nullable Refusal request(long now) {
    if (requests == null) {
      return null;
    }
    double wait = requests.until(1, now);
    if (wait > 0) {
      return refusal(Limit.REQUESTS_PER_MINUTE, requests.limit(), wait);
    }
    requests.spend(1);
    changed = true;
    return null;
  }

  /** Takes a place for a generation and so many tokens; what is in the way of it, or null. */
  synchronized @Nullable Refusal generation(long amount, long now) {
    Refusal refusal = refusal(amount, now);
    if (refusal == null) {
      generations++;
      spend(amount, day == null ? 0 : day.day(now));
    }
    return refusal;
  }

  private @Nullable Refusal refusal(long amount, long now) {
    Integer atOnce = limits.concurrentGenerations();
    if (atOnce != null && generations >= Math.max(1, atOnce / processes)) {
      return refusal(Limit.CONCURRENT_GENERATIONS, atOnce, held / Math.max(1, generations));
    }
    double wait = tokens == null ? 0 : tokens.until(amount, now);
    if (tokens != null && wait > 0) {
      return refusal(Limit.TOKENS_PER_MINUTE, tokens.limit(), wait);
    }
    wait = day == null ? 0 : day.until(amount, now);
    if (day != null && wait > 0) {
      return refusal(Limit.TOKENS_PER_DAY, day.limit(), wait);
    }
    return null;
  }

  private static Refusal refusal(Limit limit, long allowed, double wait) {
    return new Refusal(limit, allowed, Duration.ofMillis((long) Math.ceil(wait)));
  }

  private void spend(double amount, long ofDay) {
    if (tokens != null) {
      tokens.spend(amount);
      changed = true;
    }
    if (day != null) {
      day.spend(amount, ofDay);
      changed = true;
    }
  }

  /** The day of reservations that are made now. */
  synchronized long day(long now) {
    return day == null ? 0 : day.day(now);
  }

  /**
   * A generation has ended.
   *
   * @param more tokens that it used beyond those that were taken for it; negative for fewer
   * @param took how long it had its place, in milliseconds
   */
  synchronized void ended(long more, long ofDay, long took) {
    generations--;
    held = Math.min(LONGEST_HOLD.toMillis(), held + NEWEST * (took - held));
    spend(more, ofDay);
  }

  /** Whether there is something that others should hear. */
  synchronized boolean changed() {
    return changed;
  }

  /** Whether its limits are known, or cannot be known now and others stand for them. */
  synchronized boolean usable() {
    return usable;
  }

  synchronized void use() {
    usable = true;
  }

  /** Says that it is in use; whether there is something to be settled or read. */
  synchronized boolean touch(long readBefore) {
    touched = true;
    return changed || readAt < readBefore;
  }

  /** Whether it was in use since this was asked last, and its limits were read before that. */
  synchronized boolean takeStale(long readBefore) {
    boolean stale = touched && readAt < readBefore;
    touched = false;
    return stale;
  }

  /** What is in its row. */
  synchronized void read(Limits now, Used used, int sharers, long millis) {
    readAt = millis;
    usable = true;
    limit(now, millis);
    processes = sharers;
    if (requests != null) {
      requests.heard(used.requests(), sharers, millis);
    }
    if (tokens != null) {
      tokens.heard(used.tokens(), sharers, millis);
    }
    if (day != null) {
      day.heard(used.day(), used.dayTokens(), sharers);
    }
  }

  /** What others should hear; from now on it is on its way. */
  synchronized Spent send(long now) {
    changed = false;
    return new Spent(
        id,
        owner,
        requests == null ? 0 : requests.unsettled().send(),
        tokens == null ? 0 : tokens.unsettled().send(),
        requests == null ? 0 : requests.rate() * 1000,
        tokens == null ? 0 : tokens.rate() * 1000,
        day == null ? Math.floorDiv(now, 86_400_000L) : day.day(now),
        day == null ? 0 : Math.round(day.unsettled().send()));
  }

  /** All have used so much. */
  synchronized void settled(Used used, int sharers, long now) {
    processes = sharers;
    if (requests != null) {
      requests.settled(used.requests(), sharers, now);
    }
    if (tokens != null) {
      tokens.settled(used.tokens(), sharers, now);
    }
    if (day != null) {
      day.settled(used.day(), used.dayTokens(), sharers);
    }
  }

  /** What was sent did not arrive, or nobody knows. */
  synchronized void failed(boolean mayHaveArrived) {
    changed = true;
    if (requests != null) {
      requests.failed(mayHaveArrived);
    }
    if (tokens != null) {
      tokens.failed(mayHaveArrived);
    }
    if (day != null) {
      day.failed(mayHaveArrived);
    }
  }

  /** What is left of each limit that there is, as far as is known here. */
  synchronized List<Left> left(long now) {
    List<Left> all = new ArrayList<>();
    if (requests != null) {
      all.add(Left.of(Limit.REQUESTS_PER_MINUTE, requests, now));
    }
    if (tokens != null) {
      all.add(Left.of(Limit.TOKENS_PER_MINUTE, tokens, now));
    }
    if (day != null) {
      all.add(Left.of(Limit.TOKENS_PER_DAY, day.limit(), day.free(now), day.untilNext(now)));
    }
    Integer atOnce = limits.concurrentGenerations();
    if (atOnce != null) {
      all.add(Left.of(Limit.CONCURRENT_GENERATIONS, atOnce, Math.max(0, atOnce - generations), 0));
    }
    return all;
  }

  /** The value of {@code RateLimit-Policy}; empty when it has none. */
  synchronized String policy() {
    return policy;
  }
}
