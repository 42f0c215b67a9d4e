package com.sutazai.bench;

import com.sutazai.bench.Report.Row;
import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.Product;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures the task queue of the packaged program beside what the same PostgreSQL server gives a
 * client that commits row by row, and counts lost and repeated tasks. Started by {@code
 * src/test/bench/queue}; docs/performance.md explains the figures.
 */
public final class QueueBenchmark {
  private static final String ROUND = "end to end, round ";
  private static final String HELD = "beside an open transaction, round ";
  private static final String BULK_ALONE = "submit bulk, 4 clients x 1,000, nothing runs";

  /** Single submissions after which nothing is interpreted any more. */
  private static final int WARM = 30_000;

  private static final Duration STALLED = Duration.ofSeconds(60);

  private final Sizes sizes;
  private final DebianPostgres server;
  private final Connection database;
  private final Yardstick yardstick;
  private final Ledger ledger;
  private final Report report;
  private final @Nullable Statements statements;
  private @Nullable Product product;
  private long ranBefore;

  private QueueBenchmark(Sizes sizes, DebianPostgres server) throws SQLException {
    this.sizes = sizes;
    this.server = server;
    database = DriverManager.getConnection(server.jdbcUrl());
    yardstick = new Yardstick(server.jdbcUrl());
    ledger = new Ledger(database);
    report = new Report(yardstick);
    statements = sizes.statements() ? new Statements(database) : null;
  }

  /** See {@link Sizes} for the arguments. */
  public static void main(String... arguments) throws Exception {
    Sizes sizes = Sizes.of(arguments);
    if (!Files.isRegularFile(sizes.jar())) {
      throw new IllegalArgumentException(
          sizes.jar() + " is missing: run ./mvnw -B -ntp -q package -DskipTests first");
    }
    Files.createDirectories(sizes.folder());
    Path folder = Files.createTempDirectory(sizes.folder().toAbsolutePath(), "run");
    String preload = sizes.statements() ? "-c shared_preload_libraries=pg_stat_statements " : "";
    boolean clean;
    try (var server = DebianPostgres.start(folder, preload + sizes.server())) {
      clean = new QueueBenchmark(sizes, server).run(folder);
    } finally {
      delete(folder);
    }
    System.exit(clean ? 0 : 1);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(each);
      }
    }
  }

  private boolean run(Path folder) throws Exception {
    tellMachine();
    try {
      yardstick.warmUp(sizes.refSeconds());
      yardstick();
      if (sizes.has("submit")) {
        start(folder, Map.of("SUTAZAI_QUEUE_WORKERS", "0"));
        submitAlone();
        stop();
        yardstick();
      }
      start(folder, Map.of());
      warmUp();
      if (sizes.has("start")) {
        startLatency();
      }
      if (sizes.has("rounds")) {
        rounds();
        yardstick();
      }
      if (sizes.has("due")) {
        dueAtOnce();
      }
      if (sizes.has("both")) {
        submitWhileRunning();
      }
      if (sizes.has("held")) {
        yardstick();
        besideOpenTransaction();
      }
      stop();
      yardstick();
    } finally {
      if (product != null) {
        product.kill();
      }
    }
    report.multiple(ROUND, "end to end", 8);
    report.multiple(BULK_ALONE, "submit by bulk", 15);
    report.print(ledger);
    return ledger.isClean();
  }

  // ---- what is measured

  private void yardstick() throws Exception {
    yardstick.warmUp(sizes.refSeconds() / 4);
    Cpu.Used start = cpu();
    Yardstick.Run run = yardstick.measure(sizes.refSeconds());
    report.yardstick(run, cpu().since(start));
  }

  /** Submission while this process runs nothing. */
  private void submitAlone() throws Exception {
    warmUpSubmission();
    submitSingles("submit single, 8 clients, nothing runs", 8);
    submitSingles("submit single, 32 clients, nothing runs", 32);
    submitBulk(BULK_ALONE);
  }

  private void submitWhileRunning() throws Exception {
    warmUpSubmission();
    finish(ledger.size());
    submitSingles("submit single, 32 clients, while running", 32);
    finish(ledger.size());
    submitBulk("submit bulk, 4 clients x 1,000, while running");
    finish(ledger.size());
  }

  private void warmUpSubmission() throws Exception {
    long start = System.nanoTime();
    for (int warm = 0; warm < WARM && Stretch.seconds(start) < 60; ) {
      warm += load().singles(32, 1).tasks();
    }
  }

  private void submitSingles(String name, int clients) throws Exception {
    measure(name, () -> load().singles(clients, sizes.seconds()));
  }

  private void submitBulk(String name) throws Exception {
    measure(
        name,
        () -> {
          long start = System.nanoTime();
          int tasks = load().bulk(sizes.bulk(), null);
          return new Stretch(tasks, Stretch.seconds(start));
        });
  }

  /** What the process without workers left behind, then one more round: until all is compiled. */
  private void warmUp() throws Exception {
    long start = System.nanoTime();
    int backlog = finish(ledger.size()).tasks();
    if (backlog > 0) {
      Report.say(
          "backlog of %,d run by a process just started: %,.0f/s",
          backlog, backlog / Stretch.seconds(start));
    }
    finish(load().bulk(sizes.tasks(), null));
  }

  /** One task each 100 ms, nothing else to do. */
  private void startLatency() throws Exception {
    int tasks = sizes.starts();
    double[] ended = new double[tasks];
    double[] answered = new double[tasks];
    Cpu.Used before = cpu();
    try (var http = new Http(port())) {
      long first = System.nanoTime();
      for (int i = 0; i < tasks; i++) {
        long due = first + i * 100_000_000L;
        while (System.nanoTime() < due) {
          Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000));
        }
        Load.Latency latency = load().one(http, due);
        ended[i] = latency.ended();
        answered[i] = latency.answered();
      }
    }
    Cpu.Used used = cpu().since(before);
    Report.say(
        "idle, %d tasks, one each 100 ms: accepted to ended %s; submitted to answered %s; CPU product"
            + " %.0f + database %.0f us/task",
        tasks,
        Report.quantiles(ended),
        Report.quantiles(answered),
        used.product() * 1e6 / tasks,
        used.database() * 1e6 / tasks);
    finish(tasks);
    double p99 = Report.quantile(ended, 0.99);
    report.goal(
        "idle, accepted to ended, p99", "%.1f ms".formatted(p99), "start under 10 ms", p99 < 10);
  }

  private void rounds() throws Exception {
    for (int i = 1; i <= sizes.rounds(); i++) {
      round(ROUND + i);
    }
  }

  /** From the first submission to the end of the last task. */
  private void round(String name) throws Exception {
    measure(
        name,
        () -> {
          double start = now();
          Ledger.Checked done = finish(load().bulk(sizes.tasks(), null));
          return new Stretch(done.tasks(), done.lastEnd() - start);
        });
  }

  /** A backlog that becomes due at one instant, in a process that is warm and idle. */
  private void dueAtOnce() throws Exception {
    Instant due = Instant.now().plusSeconds(5 + sizes.bulk() / 3000);
    load().bulk(sizes.bulk(), due);
    if (Instant.now().isAfter(due)) {
      throw new AssertionError("The backlog was due before it was complete: take a smaller bulk");
    }
    Thread.sleep(Duration.between(Instant.now(), due));
    measure(
        "burn down, all due at once",
        () -> {
          Ledger.Checked done = finish(sizes.bulk());
          return new Stretch(done.tasks(), done.lastEnd() - due.toEpochMilli() / 1000.0);
        });
  }

  /** The rounds again while somebody holds a snapshot, so that no dead row can be removed. */
  private void besideOpenTransaction() throws Exception {
    try (Connection held = DriverManager.getConnection(server.jdbcUrl());
        Statement statement = held.createStatement()) {
      held.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      held.setAutoCommit(false);
      statement.executeQuery("SELECT count(*) FROM sutazai.jobs").close();
      for (int i = 1; i <= sizes.rounds(); i++) {
        round(HELD + i);
      }
      Report.say("dead rows: %s", deadRows());
      held.rollback();
    }
    List<Row> rows = report.last(sizes.rounds());
    Row last = rows.getLast();
    compare(last, "its first round", rows.getFirst().rate(), rows.getFirst().cpu());
    if (sizes.has("rounds")) {
      compare(
          last,
          "rounds without one",
          report.median(ROUND, Row::rate),
          report.median(ROUND, Row::cpu));
    }
  }

  private void compare(Row last, String with, double rate, double cpu) {
    double ratio = last.rate() / rate;
    report.goal(
        "beside an open transaction, after %,d tasks, against %s"
            .formatted(sizes.rounds() * sizes.tasks(), with),
        "rate x %.2f (CPU of a task x %.2f)".formatted(ratio, last.cpu() / cpu),
        "rate at least x 0.90",
        ratio >= 0.9);
  }

  private String deadRows() throws SQLException {
    return text(
        """
        SELECT string_agg(relname || ' ' || n_dead_tup || ' beside ' || n_live_tup, ', ' ORDER BY relname)
        FROM pg_stat_user_tables
        WHERE schemaname = 'sutazai' AND relname IN ('jobs', 'tasks')
        """);
  }

  // ---- how

  private interface Part {
    Stretch run() throws Exception;
  }

  private void measure(String name, Part part) throws Exception {
    if (statements != null) {
      statements.reset();
    }
    Cpu.Used start = cpu();
    Stretch stretch = part.run();
    report.add(new Row(name, stretch, cpu().since(start)));
    if (statements != null) {
      statements.print(stretch.tasks());
    }
  }

  /** Waits until so many more tasks were run and no job is left; then checks each of them. */
  private Ledger.Checked finish(int tasks) throws Exception {
    try (var http = new Http(port())) {
      long ran = Load.ran(http);
      long moved = System.nanoTime();
      while (ran < ranBefore + tasks || jobsLeft()) {
        Thread.sleep(ran < ranBefore + tasks ? 250 : 5); // to ask costs CPU, too
        long now = Load.ran(http);
        if (now != ran) {
          ran = now;
          moved = System.nanoTime();
        } else if (Stretch.seconds(moved) > STALLED.toSeconds()) {
          Report.say("STALLED: %d of %d tasks were run", ran - ranBefore, tasks);
          break;
        }
      }
      ledger.ranTooOften(Math.max(0, ran - ranBefore - tasks));
      ranBefore = ran;
    }
    return ledger.check();
  }

  private boolean jobsLeft() throws SQLException {
    return text("SELECT EXISTS (SELECT FROM sutazai.jobs)").equals("t");
  }

  private String text(String query) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  private Cpu.Used cpu() throws IOException {
    return Cpu.now(product == null ? 0 : product.pid(), server.pid());
  }

  private static double now() {
    Instant now = Instant.now();
    return now.getEpochSecond() + now.getNano() / 1e9;
  }

  private void start(Path folder, Map<String, String> further) throws Exception {
    Map<String, String> environment = new HashMap<>(further);
    environment.put("DATABASE_URL", server.url());
    environment.put("SUTAZAI_TASKS_MAX_WAITING_PER_TYPE", "100000000");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(sizes.java());
    command.addAll(List.of("-jar", sizes.jar().toString()));
    product = Product.up(folder, environment, command);
    ranBefore = 0;
  }

  private void stop() throws Exception {
    if (product != null) {
      product.stop();
      product = null;
    }
  }

  private int port() {
    if (product == null) {
      throw new IllegalStateException("The program does not run");
    }
    return product.port();
  }

  private Load load() {
    return new Load(port(), ledger);
  }

  private void tellMachine() throws SQLException {
    Report.say(
        "%d cores, PostgreSQL %s, Java %s",
        Runtime.getRuntime().availableProcessors(), text("SHOW server_version"), Runtime.version());
    Report.say(
        "fsync %s, synchronous_commit %s, full_page_writes %s, wal_sync_method %s, shared_buffers"
            + " %s",
        text("SHOW fsync"),
        text("SHOW synchronous_commit"),
        text("SHOW full_page_writes"),
        text("SHOW wal_sync_method"),
        text("SHOW shared_buffers"));
  }
}
