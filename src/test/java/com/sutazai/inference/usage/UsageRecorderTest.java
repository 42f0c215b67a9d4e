package com.sutazai.inference.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sutazai.inference.backend.Usage;
import com.sutazai.inference.usage.UnreliableSql.Fault;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.testing.Midnight;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.test.junit.QuarkusTest;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is recorded is kept, once, whatever happens to the database. */
@QuarkusTest
class UsageRecorderTest {
  private static final String MODEL = "tinyllama:latest";
  private static final Outcome ANSWERED =
      new Outcome(false, Usage.of(7, 2), 1_000_000, 250_000_000);
  private static final Statement ONE = Statement.of("test.usage_one", "SELECT 1 AS one");

  private final UsageRepository repository;
  private final Database database;
  private final Ids ids;
  private final UsageRecorder running;
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final UUID owner = UUID.randomUUID();
  private UnreliableSql sql;
  private UsageRecorder recorder;

  @SuppressWarnings("NullAway.Init")
  UsageRecorderTest(UsageRepository repository, Database database, Ids ids, UsageRecorder running) {
    this.repository = repository;
    this.database = database;
    this.ids = ids;
    this.running = running;
  }

  @BeforeEach
  void oneDay() throws InterruptedException {
    Midnight.keepAway(Duration.ofMinutes(3));
  }

  @BeforeEach
  void process() {
    sql = new UnreliableSql(database);
    recorder = new UsageRecorder(repository, sql, InstantSource.system(), ids, meters);
  }

  @AfterEach
  void leaveNothing() {
    database.update(
        Statement.of("test.delete_usage", "DELETE FROM model_usage WHERE owner_id = $1"), owner);
  }

  private UsageSum kept() {
    var today = UsageQuery.of(null, null, "owner", LocalDate.now(ZoneOffset.UTC));
    return UsageSum.total(repository.ofOwner(database, Caller.of(owner), today, 10));
  }

  @Test
  void counts_are_added_up() {
    // When
    recorder.record(owner, MODEL, ANSWERED);
    recorder.record(owner, MODEL, ANSWERED);
    recorder.flush();
    recorder.record(owner, MODEL, ANSWERED);
    recorder.record(owner, MODEL, new Outcome(true, null, 0, 1_000_000));
    recorder.record(owner, MODEL, new Outcome(false, null, 0, 500));
    recorder.flush();

    // Then
    assertThat(kept())
        .isEqualTo(
            new UsageSum(null, null, null, 5, 1, 1, 21, 6, 3, 751.001, new BigDecimal("0.027")));
  }

  @ParameterizedTest
  @CsvSource({"-1, 5", "5, -1", "9223372036854775807, 1", "1, 1000000001"})
  void what_cannot_be_a_count_of_tokens_is_none(long prompt, long completion) {
    // When
    recorder.record(owner, MODEL, new Outcome(false, new Usage(prompt, completion, 0), 0, 0));
    recorder.flush();

    // Then
    assertThat(kept().uncounted()).isEqualTo(1);
    assertThat(kept().promptTokens() + kept().completionTokens()).isZero();
  }

  @Test
  void several_processes_add_to_the_same_rows_at_once() throws Exception {
    // Given
    int processes = 4;
    int rounds = 50;
    List<String> models = List.of("a", "b", "c", "d", "e");

    // When
    try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < processes; i++) {
        var other =
            new UsageRecorder(
                repository, database, InstantSource.system(), ids, new SimpleMeterRegistry());
        ends.add(
            all.submit(
                () -> {
                  for (int round = 0; round < rounds; round++) {
                    models.forEach(model -> other.record(owner, model, ANSWERED));
                    other.flush();
                  }
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    }

    // Then
    assertThat(kept().requests()).isEqualTo((long) processes * rounds * models.size());
    assertThat(kept().promptTokens()).isEqualTo(7L * processes * rounds * models.size());
  }

  @Test
  void nothing_is_lost_between_recording_and_writing() throws Exception {
    // Given
    int callers = 8;
    int each = 2000;
    CountDownLatch recording = new CountDownLatch(callers);

    // When
    for (int i = 0; i < callers; i++) {
      Thread.ofPlatform()
          .start(
              () -> {
                for (int n = 0; n < each; n++) {
                  recorder.record(owner, MODEL, ANSWERED);
                }
                recording.countDown();
              });
    }
    while (recording.getCount() > 0) {
      recorder.flush();
    }
    recorder.flush();

    // Then
    assertThat(kept().requests()).isEqualTo((long) callers * each);
    assertThat(recorder.rows()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void what_a_fault_met_is_kept_once_when_it_is_over(Fault fault) {
    // Given
    recorder.record(owner, MODEL, ANSWERED);
    sql.set(fault);

    // When
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(recorder::flush).isInstanceOf(ProblemException.class);
      recorder.record(owner, MODEL, ANSWERED);
    }
    sql.set(Fault.NONE);
    recorder.flush();

    // Then
    assertThat(kept().requests()).isEqualTo(4);
    assertThat(recorder.rows()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"ANSWER_LOST", "REQUEST_LOST"})
  void what_may_be_stored_is_kept_once_also_when_the_next_try_surely_failed(Fault first) {
    // Given
    recorder.record(owner, MODEL, ANSWERED);
    sql.set(first);
    assertThatThrownBy(recorder::flush).isInstanceOf(ProblemException.class);
    recorder.record(owner, MODEL, ANSWERED);

    // When
    sql.set(Fault.AWAY);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(recorder::flush).isInstanceOf(ProblemException.class);
    }
    sql.set(Fault.NONE);
    recorder.flush();

    // Then
    assertThat(kept().requests()).isEqualTo(2);
    assertThat(recorder.rows()).isZero();
  }

  @Test
  void when_as_much_waits_as_may_no_request_is_taken_until_it_is_written() {
    // Given
    sql.set(Fault.AWAY);
    for (int i = 0; i < UsageRecorder.MOST_ROWS; i++) {
      recorder.requireRoom();
      recorder.record(owner, "model-" + i, ANSWERED);
    }

    // When, then
    assertThat(meters.get("model_usage_rows").gauge().value()).isEqualTo(UsageRecorder.MOST_ROWS);
    assertThatThrownBy(recorder::requireRoom)
        .isInstanceOfSatisfying(
            ProblemException.class,
            full -> {
              assertThat(full.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE);
              assertThat(full.retryAfter()).isPositive();
            })
        .hasMessageContaining("10000");
    recorder.record(owner, "model-0", ANSWERED);
    sql.set(Fault.NONE);
    recorder.flush();
    recorder.requireRoom();
    assertThat(kept().requests()).isEqualTo(UsageRecorder.MOST_ROWS + 1);
  }

  @Test
  void a_database_that_gives_no_connection_delays_usage_and_loses_none() throws Exception {
    // Given
    int connections = 10;
    CountDownLatch taken = new CountDownLatch(connections);
    CountDownLatch back = new CountDownLatch(1);
    List<Thread> holders = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      holders.add(Thread.ofVirtual().start(() -> holdOne(taken, back)));
    }
    taken.await();

    // When
    running.record(owner, MODEL, ANSWERED);
    assertThatThrownBy(running::flush)
        .isInstanceOfSatisfying(
            ProblemException.class,
            away -> assertThat(away.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE));
    running.record(owner, MODEL, ANSWERED);
    back.countDown();
    for (Thread holder : holders) {
      holder.join();
    }

    // Then: by itself
    await().atMost(Duration.ofMinutes(1)).until(() -> kept().requests() == 2);
  }

  private void holdOne(CountDownLatch taken, CountDownLatch back) {
    boolean held = false;
    while (!held) {
      try {
        held =
            database.transaction(
                one -> {
                  one.query(ONE);
                  taken.countDown();
                  awaitBack(back);
                  return true;
                });
      } catch (ProblemException overtaken) {
        // the product's own loops ask too
      }
    }
  }

  private static void awaitBack(CountDownLatch back) {
    try {
      back.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void what_is_left_is_written_at_the_end() {
    // Given
    recorder.record(owner, MODEL, ANSWERED);

    // When
    recorder.stop(new ShutdownEvent());

    // Then
    assertThat(kept().requests()).isEqualTo(1);
  }
}
