package com.sutazai.security.quota;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.loop.Bell;
import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.sql.Database;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells the other processes what was spent here, and hears what they spent: when something was, at
 * most once a second, one statement for all accounts.
 *
 * <p>What surely did not arrive is sent again. What may have arrived is not, so nobody pays twice;
 * a process that is killed takes what it had let through since its last settlement with it.
 */
@ApplicationScoped
class Settlement {
  private static final Logger LOG = Logger.getLogger(Settlement.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration STOP_GRACE = Duration.ofSeconds(2);

  private final Quotas quotas;
  private final QuotaRepository repository;
  private final Database database;
  private @Nullable Loop loop;

  Settlement(Quotas quotas, QuotaRepository repository, Database database) {
    this.quotas = quotas;
    this.repository = repository;
    this.database = database;
  }

  /** Settings that are out of bounds end the start here, for quotas are made at their first use. */
  void check(@Observes @Priority(20) StartupEvent event) {
    quotas.bell();
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    loop = Loop.start("settle-quotas", this::next);
  }

  private void next() throws InterruptedException {
    Bell bell = quotas.bell();
    bell.await();
    try {
      settle();
      refresh();
    } catch (RuntimeException e) {
      bell.ring();
      throw e;
    }
    Thread.sleep(INTERVAL);
  }

  /** One at a time. */
  synchronized void settle() {
    List<Account> changed = quotas.accounts().stream().filter(Account::changed).toList();
    if (changed.isEmpty()) {
      return;
    }
    long now = quotas.millis();
    List<Spent> spent = changed.stream().map(account -> account.send(now)).toList();
    Map<UUID, Used> used;
    try {
      used = repository.settle(database, spent);
    } catch (ProblemException e) {
      changed.forEach(account -> account.failed(e.code() == ErrorCode.OUTCOME_UNKNOWN));
      throw e;
    } catch (RuntimeException e) {
      changed.forEach(account -> account.failed(false));
      throw e;
    }
    int sharers = quotas.sharers();
    long heard = quotas.millis();
    changed.forEach(
        account -> account.settled(used.getOrDefault(account.id(), Used.NOTHING), sharers, heard));
  }

  /** Hears of limits that were changed elsewhere. */
  private void refresh() {
    long before = quotas.millis() - Quotas.FRESH;
    List<Account> stale =
        quotas.accounts().stream().filter(account -> account.takeStale(before)).toList();
    if (!stale.isEmpty()) {
      quotas.read(stale);
    }
  }

  /** After the last task: what is left is settled, as far as that is possible soon. */
  void stop(@Observes @Priority(2000) ShutdownEvent event) {
    if (loop != null) {
      loop.stop();
    }
    try {
      Thread.ofVirtual().name("settle-quotas-last").start(this::trySettle).join(STOP_GRACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void trySettle() {
    try {
      settle();
    } catch (RuntimeException e) {
      LOG.debug("What was spent last was not settled", e);
    }
  }
}
