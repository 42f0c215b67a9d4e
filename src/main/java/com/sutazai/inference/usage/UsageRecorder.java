package com.sutazai.inference.usage;

import com.sutazai.inference.usage.UsageRow.Amounts;
import com.sutazai.inference.usage.UsageRow.Key;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.loop.Bell;
import com.sutazai.platform.metric.MetricNames;
import com.sutazai.platform.sql.GroupCommit;
import com.sutazai.platform.sql.Sql;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Counts what callers use of the models. Counts are added up in memory and written each second, all
 * in one statement, so a request costs no write.
 *
 * <p>While the database is away the counts wait; when {@link #MOST_ROWS} do, {@link #requireRoom}
 * refuses new requests. A batch that surely was not written is taken back. One that had a try whose
 * outcome is not known is sent again under its number until it is written, and counts once. What a
 * killed process had in memory, the last second's, is lost.
 */
@Singleton
public class UsageRecorder {
  private static final Logger LOG = Logger.getLogger(UsageRecorder.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
  private static final Duration STOP_GRACE = Duration.ofSeconds(5);

  /** Rows (owner, model, day) that may wait. */
  static final int MOST_ROWS = 10_000;

  private final UsageRepository repository;
  private final Sql sql;
  private final InstantSource clock;
  private final UUID writer;
  private final Map<Key, Amounts> waiting = new ConcurrentHashMap<>();
  private final Bell bell = new Bell();

  /** One at a time; who comes meanwhile shares the next one, and its failure. */
  private final GroupCommit<Boolean, Boolean> writes =
      new GroupCommit<>(1, Integer.MAX_VALUE, Long.MAX_VALUE, each -> 0, this::write);

  /** What was sent last, until its outcome is known; changed by one write at a time. */
  private volatile @Nullable Batch sent;

  /** Of the last batch; used by one write at a time. */
  private long number;

  /** Whether it was told that writing fails. */
  private volatile boolean late;

  private volatile boolean stopping;
  private @Nullable Thread thread;

  UsageRecorder(
      UsageRepository repository, Sql sql, InstantSource clock, Ids ids, MeterRegistry registry) {
    this.repository = repository;
    this.sql = sql;
    this.clock = clock;
    writer = ids.next();
    Gauge.builder(MetricNames.MODEL_USAGE_ROWS, this, UsageRecorder::rows)
        .description("Counts of usage (owner, model, day) that wait to be written")
        .register(registry);
    Gauge.builder(MetricNames.MODEL_USAGE_ROWS_LIMIT, () -> MOST_ROWS)
        .description("Waiting counts of usage past which no new request is taken")
        .register(registry);
  }

  /**
   * @param doubtful whether a try of it ended without its outcome being known: it may be stored
   */
  private record Batch(long number, List<UsageRow> rows, boolean doubtful) {
    Batch inDoubt() {
      return new Batch(number, rows, true);
    }
  }

  /**
   * Counts one request that was put to a model. Never waits and never refuses: who asks for room
   * before a request has it after.
   *
   * @param model the installed model; names that callers invent would fill the memory
   */
  public void record(UUID owner, String model, Outcome outcome) {
    UsageRow row = row(owner, model, outcome);
    waiting.merge(row.key(), row.amounts(), Amounts::plus);
    bell.ring();
  }

  /** The same for {@link UsageRepository#adding}, where it is stored with what it was spent on. */
  public UsageRow row(UUID owner, String model, Outcome outcome) {
    return UsageRow.of(owner, LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC), model, outcome);
  }

  /** To be called before a request: 503 while as much waits as may. */
  public void requireRoom() {
    if (rows() >= MOST_ROWS) {
      throw new ProblemException(
              ErrorCode.DATABASE_UNAVAILABLE,
              MOST_ROWS
                  + " counts of usage wait for the database already; no more requests to models are taken until it is back.")
          .retryAfter(RETRY_AFTER);
    }
  }

  /** How many counts wait, those on their way included. */
  int rows() {
    Batch batch = sent;
    return waiting.size() + (batch == null ? 0 : batch.rows().size());
  }

  /** Writes all that was recorded before; throws what kept it from being written. */
  void flush() {
    writes.store(true);
  }

  private List<Boolean> write(List<Boolean> callers) {
    Batch before = sent;
    if (before != null) {
      send(before);
    }
    List<UsageRow> rows = take();
    if (!rows.isEmpty()) {
      send(new Batch(++number, rows, false));
    }
    return callers;
  }

  private List<UsageRow> take() {
    List<UsageRow> rows = new ArrayList<>();
    for (Key key : List.copyOf(waiting.keySet())) {
      Amounts amounts = waiting.remove(key);
      if (amounts != null) {
        rows.add(new UsageRow(key, amounts));
      }
    }
    return rows;
  }

  private void send(Batch batch) {
    sent = batch;
    try {
      repository.addOnce(sql, writer, batch.number(), batch.rows());
      sent = null;
    } catch (ProblemException failed) {
      if (failed.code() == ErrorCode.OUTCOME_UNKNOWN) {
        sent = batch.inDoubt();
      } else {
        takeBack(batch);
      }
      throw failed;
    } catch (RuntimeException refused) {
      takeBack(batch);
      throw refused;
    }
  }

  /** Unless an earlier try may have stored it: under another number it would count again. */
  private void takeBack(Batch batch) {
    if (batch.doubtful()) {
      return;
    }
    batch.rows().forEach(row -> waiting.merge(row.key(), row.amounts(), Amounts::plus));
    sent = null;
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    thread = Thread.ofVirtual().name("model-usage").start(this::repeat);
  }

  private void repeat() {
    try {
      forgetOldBatches();
      while (!stopping) {
        bell.awaitGroup(INTERVAL);
        tryWrite();
        if (rows() > 0) {
          bell.ring();
        }
      }
    } catch (InterruptedException e) {
      // stopped
    }
  }

  private void forgetOldBatches() {
    try {
      repository.forgetOldBatches(sql);
    } catch (RuntimeException e) {
      LOG.debug("Old batches of usage are forgotten at the next start", e);
    }
  }

  private void tryWrite() {
    try {
      flush();
      late = false;
    } catch (ProblemException unavailable) {
      if (!late) {
        LOG.warnf("Usage waits in memory and is written later: %s", unavailable.detail());
      }
      late = true;
    } catch (RuntimeException e) {
      LOG.error("Usage could not be written; it is tried again", e);
    }
  }

  /** After the last task: what is left is written, as far as that is possible soon. */
  void stop(@Observes @Priority(2000) ShutdownEvent event) {
    stopping = true;
    if (thread != null) {
      thread.interrupt();
    }
    try {
      Thread.ofVirtual().name("model-usage-last").start(this::tryWrite).join(STOP_GRACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (rows() > 0) {
      LOG.warnf("%d counts of usage could not be written and are lost", rows());
    }
  }
}
