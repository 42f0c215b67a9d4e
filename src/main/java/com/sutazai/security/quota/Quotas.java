package com.sutazai.security.quota;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.loop.Bell;
import com.sutazai.platform.metric.MetricNames;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Notifications;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask for how much. What a key used and may use is in memory once it was read, so that a
 * request costs some arithmetic; {@link Settlement} tells it to the other processes.
 */
@ApplicationScoped
public class Quotas {
  private static final Logger LOG = Logger.getLogger(Quotas.class);
  private static final int MOST_ACCOUNTS = 10_000;
  private static final int PATIENCE_SECONDS = 2;

  /** How long limits count that were read, in milliseconds. */
  static final long FRESH = Duration.ofSeconds(5).toMillis();

  private final QuotaRepository repository;
  private final Database database;
  private final Notifications processes;
  private final InstantSource clock;
  private final Limits defaults;
  private final boolean includeLocal;
  private final Map<Limit, Counter> refused = new EnumMap<>(Limit.class);
  private final Cache<UUID, Account> accounts =
      Caffeine.newBuilder().maximumSize(MOST_ACCOUNTS).build();

  private final Map<UUID, CompletableFuture<Void>> reading = new ConcurrentHashMap<>();

  /** There is something to settle. */
  private final Bell bell = new Bell();

  Quotas(
      QuotaConfig config,
      QuotaRepository repository,
      Database database,
      Notifications processes,
      InstantSource clock,
      MeterRegistry registry) {
    this.repository = repository;
    this.database = database;
    this.processes = processes;
    this.clock = clock;
    defaults = Limits.of(config);
    includeLocal = config.includeLocal();
    Gauge.builder(MetricNames.QUOTA_PROCESSES, this, Quotas::sharers)
        .description("Processes among which limits are shared, as far as is known here")
        .register(registry);
    for (Limit limit : Limit.values()) {
      refused.put(
          limit,
          Counter.builder(MetricNames.QUOTA_REFUSED)
              .description("Requests, generations and tasks that a quota was in the way of")
              .tag("limit", limit.text())
              .register(registry));
    }
  }

  /** Whether nothing limits the caller. */
  boolean exempt(Caller caller) {
    return caller.keyId() == null
        && (defaults.none()
            || caller.owner().equals(Caller.SYSTEM_OWNER)
            || (!includeLocal && (caller.admin() || caller.owner().equals(Caller.LOCAL_OWNER))));
  }

  private static UUID id(Caller caller) {
    return caller.keyId() == null ? caller.owner() : caller.keyId();
  }

  /** The caller's account, if it is known at once; null when it is to be asked for. */
  @Nullable Account warm(Caller caller) {
    Account account = accounts.getIfPresent(id(caller));
    return account != null && account.usable() ? account : null;
  }

  /** The caller's account after a look; completes on any thread and never fails. */
  CompletableFuture<Account> ask(Caller caller) {
    Account account = account(id(caller), caller.owner());
    return read(account)
        .copy()
        .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .handle(
            (done, failure) -> {
              if (failure != null) {
                LOG.debug("Limits could not be read; the settings stand for them", failure);
              }
              account.use();
              return account;
            });
  }

  private Account account(UUID id, UUID owner) {
    return accounts.get(
        id,
        fresh -> {
          Account account = new Account(id, owner);
          account.limit(defaults, clock.millis());
          return account;
        });
  }

  private CompletableFuture<Void> read(Account account) {
    return reading.computeIfAbsent(
        account.id(),
        id ->
            CompletableFuture.runAsync(
                () -> {
                  try {
                    read(List.of(account));
                  } finally {
                    reading.remove(id);
                  }
                },
                task -> Thread.ofVirtual().name("read-quota").start(task)));
  }

  /** Reads the limits of these accounts, and what all have used of them. */
  void read(Collection<Account> stale) {
    repository
        .read(database, stale.stream().map(Account::id).toList())
        .forEach(
            known -> {
              Account account = accounts.getIfPresent(known.account());
              if (account != null) {
                account.read(known.limits().or(defaults), known.used(), sharers(), clock.millis());
              }
            });
  }

  int sharers() {
    return processes.processes();
  }

  private Account await(Caller caller) {
    Account account = warm(caller);
    return account == null ? ask(caller).join() : account;
  }

  /** Counts a request of the account; what is in the way of it, or null. */
  @Nullable Refusal request(Account account) {
    Refusal refusal = account.request(clock.millis());
    touch(account);
    return counted(refusal);
  }

  private void touch(Account account) {
    if (account.touch(clock.millis() - FRESH)) {
      wake();
    }
  }

  private void wake() {
    bell.ring();
  }

  private @Nullable Refusal counted(@Nullable Refusal refusal) {
    if (refusal != null) {
      Objects.requireNonNull(refused.get(refusal.limit())).increment();
    }
    return refusal;
  }

  /**
   * Takes a place for a generation of the caller; may wait for the database when nothing is known
   * of the caller.
   *
   * @param tokens what it may cost
   * @throws com.sutazai.platform.error.ProblemException 429 {@code quota_exceeded}
   */
  public Reservation reserve(Caller caller, long tokens) {
    if (exempt(caller)) {
      return Reservation.NONE;
    }
    Account account = await(caller);
    long now = clock.millis();
    long day = account.day(now);
    Refusal refusal = counted(account.generation(tokens, now));
    touch(account);
    if (refusal != null) {
      throw refusal.problem();
    }
    return new Reservation(account, tokens, day, clock::millis, this::wake);
  }

  /**
   * Refuses tasks past the caller's bound.
   *
   * @param waiting tasks of the owner that would wait
   * @param untilFewer how long until so many fewer wait
   * @throws com.sutazai.platform.error.ProblemException 429 {@code quota_exceeded}
   */
  public void requireTasks(Caller caller, long waiting, LongFunction<Duration> untilFewer) {
    if (exempt(caller)) {
      return;
    }
    Integer limit = await(caller).limits().waitingTasks();
    if (limit != null && waiting > limit) {
      Refusal refusal = new Refusal(Limit.WAITING_TASKS, limit, untilFewer.apply(waiting - limit));
      counted(refusal);
      throw refusal.problem();
    }
  }

  /**
   * A share before the models.
   *
   * @param line whose requests are served in turn with those of other lines
   */
  public record Share(UUID line, int weight) {}

  /** The share of a key that has one of its own; empty where it has part in its owner's. */
  public Optional<Share> share(Caller caller) {
    if (caller.keyId() == null) {
      return Optional.empty();
    }
    UUID line = caller.keyId();
    return Optional.ofNullable(await(caller).limits().weight())
        .map(weight -> new Share(line, weight));
  }

  /** Sets the limits of a key, for this process at once. */
  public void limited(UUID key, Limits limits) {
    Account account = accounts.getIfPresent(key);
    if (account != null) {
      account.limit(limits.or(defaults), clock.millis());
    }
  }

  /** What is left of that key's limits, as the database knows it now. */
  public List<Left> left(UUID key, UUID owner) {
    Account account = account(key, owner);
    try {
      read(List.of(account));
    } catch (ProblemException e) {
      LOG.debugf("What is left is told as it was heard last: %s", e.detail());
    }
    return account.left(clock.millis());
  }

  /** What is left to the caller; empty without limits. */
  public List<Left> left(Caller caller) {
    return exempt(caller) ? List.of() : left(await(caller));
  }

  List<Left> left(Account account) {
    return account.left(clock.millis());
  }

  Collection<Account> accounts() {
    return accounts.asMap().values();
  }

  Bell bell() {
    return bell;
  }

  long millis() {
    return clock.millis();
  }
}
