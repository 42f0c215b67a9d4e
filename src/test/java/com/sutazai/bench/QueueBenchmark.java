package com.sutazai.bench;

import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.Product;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures the task queue of the packaged program beside what the same PostgreSQL server gives a
 * client that commits row by row, and counts lost and repeated tasks. Started by {@code
 * src/test/bench/queue}; docs/performance.md explains the figures.
 */
public final class QueueBenchmark {
  private static final int BULK = 1000;
  private static final int BULK_CLIENTS = 4;

  /** Single submissions after which nothing is interpreted any more. */
  private static final int WARM = 30_000;

  private static final Duration STALLED = Duration.ofSeconds(60);
  private static final Pattern ID = Pattern.compile("\"id\":\"([0-9a-f-]{36})\"");
  private static final Pattern TIME = Pattern.compile("\"(run_at|started_at)\":\"([0-9T:.Z-]+)\"");
  private static final byte[] ONE =
      "{\"type\":\"noop\",\"payload\":{\"n\":1234567}}".getBytes(StandardCharsets.UTF_8);

  private final Sizes sizes;
  private final DebianPostgres server;
  private final Connection database;
  private final Yardstick yardstick;
  private final Ledger ledger;
  private final List<Row> rows = new ArrayList<>();
  private final List<String> goals = new ArrayList<>();
  private @Nullable Product product;
  private long ranBefore;

  private QueueBenchmark(Sizes sizes, DebianPostgres server) throws SQLException {
    this.sizes = sizes;
    this.server = server;
    database = DriverManager.getConnection(server.jdbcUrl());
    yardstick = new Yardstick(server.jdbcUrl());
    ledger = new Ledger(database);
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
    String settings =
        (sizes.statements() ? "-c shared_preload_libraries=pg_stat_statements " : "")
            + sizes.server();
    boolean clean;
    try (var server = DebianPostgres.start(folder, settings)) {
      clean = new QueueBenchmark(sizes, server).run(folder);
    } finally {
      delete(folder);
    }
    System.exit(clean ? 0 : 1);
  }

  private boolean run(Path folder) throws Exception {
    printMachine();
    try {
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
    report();
    return ledger.isClean();
  }

  // ---- what is measured

  /** Single-row commits, by a program that holds nothing back. */
  private void yardstick() throws Exception {
    yardstick.warmUp(sizes.refSeconds() / 4);
    Cpu.Used start = cpu();
    Yardstick.Run run = yardstick.measure(sizes.refSeconds());
    Cpu.Used used = cpu().since(start);
    say(
        "yardstick: %,.0f single-row commits/s by 8 clients; CPU database %.0f + client %.0f"
            + " us/commit, others %.2f cores",
        run.rate(),
        used.database() * 1e6 / run.commits(),
        used.driver() * 1e6 / run.commits(),
        used.others() / run.seconds());
  }

  /** Submission while this process runs nothing. */
  private void submitAlone() throws Exception {
    warmUpSubmission();
    singles("submit single, 8 clients, nothing runs", 8);
    singles("submit single, 32 clients, nothing runs", 32);
    feed(BULK * BULK_CLIENTS, null);
    measure(
        "submit bulk, 4 clients x 1,000, nothing runs",
        () -> {
          long start = System.nanoTime();
          int tasks = feed(sizes.bulk(), null);
          return new Stretch(tasks, seconds(start));
        });
  }

  private void warmUpSubmission() throws Exception {
    long start = System.nanoTime();
    for (int warm = 0; warm < WARM && seconds(start) < 60; ) {
      warm += submitSingles(32, 1).tasks();
    }
  }

  private void singles(String name, int clients) throws Exception {
    measure(name, () -> submitSingles(clients, sizes.seconds()));
  }

  /** What the process without workers left behind, then one more round: until all is compiled. */
  private void warmUp() throws Exception {
    long start = System.nanoTime();
    int tasks = ledger.size();
    awaitAll(ledger.size());
    if (tasks > 0) {
      say("backlog of %,d run by a process just started: %,.0f/s", tasks, tasks / seconds(start));
    }
    ledger.check();
    feed(sizes.tasks(), null);
    awaitAll(sizes.tasks());
    ledger.check();
  }

  /** One task each 100 ms, nothing else to do; latencies from the instant at which it was due. */
  private void startLatency() throws Exception {
    double[] begun = new double[sizes.starts()];
    double[] answered = new double[sizes.starts()];
    try (var http = new Http(port())) {
      Cpu.Used before = cpu();
      long first = System.nanoTime();
      for (int i = 0; i < sizes.starts(); i++) {
        long due = first + i * 100_000_000L;
        while (System.nanoTime() < due) {
          Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000));
        }
        String task = http.post("/api/tasks", "Prefer: wait=30\r\n", ONE).text();
        answered[i] = (System.nanoTime() - due) / 1e6;
        ledger.accept(ids(task));
        Map<String, Instant> time = new HashMap<>();
        Matcher matcher = TIME.matcher(task);
        while (matcher.find()) {
          time.put(matcher.group(1), Instant.parse(matcher.group(2)));
        }
        begun[i] = Duration.between(time.get("run_at"), time.get("started_at")).toNanos() / 1e6;
      }
      Cpu.Used used = cpu().since(before);
      say(
          "idle, one task each 100 ms, %d tasks: start latency %s; submitted to answered %s;"
              + " product %.0f + database %.0f us/task",
          sizes.starts(),
          quantiles(begun),
          quantiles(answered),
          used.product() * 1e6 / sizes.starts(),
          used.database() * 1e6 / sizes.starts());
    }
    awaitAll(sizes.starts());
    ledger.check();
    goal(
        "idle start latency p99",
        "%.1f ms",
        quantile(begun, 0.99),
        "under 10 ms",
        quantile(begun, 0.99) < 10);
  }

  /** From the first submission to the end of the last task. */
  private void rounds() throws Exception {
    for (int i = 1; i <= sizes.rounds(); i++) {
      round("end to end, round " + i);
    }
  }

  private double round(String name) throws Exception {
    return measure(
        name,
        () -> {
          double start = now();
          int tasks = feed(sizes.tasks(), null);
          awaitAll(tasks);
          return new Stretch(tasks, ledger.check().lastEnd() - start);
        });
  }

  /** A backlog that becomes due at one instant, in a process that is warm and idle. */
  private void dueAtOnce() throws Exception {
    Instant due = Instant.now().plusSeconds(5 + sizes.bulk() / 3000);
    feed(sizes.bulk(), due);
    if (Instant.now().isAfter(due)) {
      throw new AssertionError("The backlog was due before it was complete");
    }
    Thread.sleep(Duration.between(Instant.now(), due));
    measure(
        "burn down, all due at once",
        () -> {
          awaitAll(sizes.bulk());
          return new Stretch(sizes.bulk(), ledger.check().lastEnd() - due.toEpochMilli() / 1000.0);
        });
  }

  private void submitWhileRunning() throws Exception {
    warmUpSubmission();
    awaitAll(ledger.size());
    ledger.check();
    singles("submit single, 32 clients, while running", 32);
    awaitAll(ledger.size());
    ledger.check();
    measure(
        "submit bulk, 4 clients x 1,000, while running",
        () -> {
          long start = System.nanoTime();
          int tasks = feed(sizes.bulk(), null);
          return new Stretch(tasks, seconds(start));
        });
    awaitAll(ledger.size());
    ledger.check();
  }

  /** The rounds again while somebody holds a snapshot, so that no dead row can be removed. */
  private void besideOpenTransaction() throws Exception {
    double before = rate("end to end, round");
    double first = 0;
    double last = 0;
    try (Connection held = DriverManager.getConnection(server.jdbcUrl());
        Statement statement = held.createStatement()) {
      held.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      held.setAutoCommit(false);
      statement.executeQuery("SELECT count(*) FROM sutazai.jobs").close();
      for (int i = 1; i <= sizes.rounds(); i++) {
        last = round("beside an open transaction, round " + i);
        first = i == 1 ? last : first;
      }
      say("dead rows: %s", deadRows());
      held.rollback();
    }
    String after = "after %,d tasks".formatted(sizes.rounds() * sizes.tasks());
    goal(
        "beside an open transaction, last round to first, " + after,
        "%.2f",
        last / first,
        "at least 0.90",
        last >= 0.9 * first);
    if (!Double.isNaN(before)) {
      goal(
          "beside an open transaction, last round to none held, " + after,
          "%.2f",
          last / before,
          "at least 0.90",
          last >= 0.9 * before);
    }
  }

  private String deadRows() throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT string_agg(relname || ' ' || n_dead_tup || ' beside ' || n_live_tup, ', ' ORDER BY relname)
                FROM pg_stat_user_tables
                WHERE schemaname = 'sutazai' AND relname IN ('jobs', 'tasks')
                """)) {
      row.next();
      return row.getString(1);
    }
  }

  // ---- work

  /** Submits tasks in bulk; returns how many. */
  private int feed(int tasks, @Nullable Instant runAt) throws Exception {
    var left = new AtomicInteger(tasks);
    Clients.run(
        BULK_CLIENTS,
        client -> {
          try (var http = new Http(port())) {
            byte[] body = bulk(BULK, runAt);
            while (true) {
              int size = Math.min(BULK, left.getAndAdd(-BULK));
              if (size <= 0) {
                return;
              }
              var response =
                  http.post("/api/tasks/bulk", "", size == BULK ? body : bulk(size, runAt));
              requireAccepted(response);
              ledger.accept(idList(response.text(), size));
            }
          }
        });
    return tasks;
  }

  private static byte[] bulk(int tasks, @Nullable Instant runAt) {
    String at = runAt == null ? "" : ",\"run_at\":\"" + runAt + "\"";
    return Stream.generate(() -> "{\"type\":\"noop\",\"payload\":{\"n\":1234567}" + at + "}")
        .limit(tasks)
        .collect(Collectors.joining(",", "{\"tasks\":[", "]}"))
        .getBytes(StandardCharsets.UTF_8);
  }

  private Stretch submitSingles(int clients, double seconds) throws Exception {
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    var submitted = new LongAdder();
    Clients.run(
        clients,
        client -> {
          List<UUID> accepted = new ArrayList<>();
          try (var http = new Http(port())) {
            while (System.nanoTime() < end) {
              var response = http.post("/api/tasks", "", ONE);
              requireAccepted(response);
              accepted.addAll(ids(response.text()));
              submitted.increment();
            }
          } finally {
            ledger.accept(accepted);
          }
        });
    return new Stretch(submitted.intValue(), seconds(start));
  }

  private static void requireAccepted(Http.Response response) {
    if (response.status() != 202) {
      throw new AssertionError(response.status() + ": " + response.text());
    }
  }

  private static List<UUID> ids(String task) {
    Matcher matcher = ID.matcher(task);
    if (!matcher.find()) {
      throw new AssertionError("No id in " + task);
    }
    return List.of(UUID.fromString(matcher.group(1)));
  }

  /** The ids of {@code {"ids":["…","…"]}}. */
  private static List<UUID> idList(String answer, int size) {
    int first = answer.indexOf('[') + 2;
    List<UUID> ids = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      int start = first + i * 39;
      ids.add(UUID.fromString(answer.substring(start, start + 36)));
    }
    return ids;
  }

  /** Waits until so many more tasks were run and no job is left; fails when nothing moves. */
  private void awaitAll(int tasks) throws Exception {
    try (var http = new Http(port())) {
      long ran = ran(http);
      long moved = System.nanoTime();
      while (ran < ranBefore + tasks || jobsLeft()) {
        Thread.sleep(ran < ranBefore + tasks ? 250 : 5); // to ask costs CPU, too
        long now = ran(http);
        if (now != ran) {
          ran = now;
          moved = System.nanoTime();
        } else if (seconds(moved) > STALLED.toSeconds()) {
          say("STALLED: %d of %d tasks were run", ran - ranBefore, tasks);
          break;
        }
      }
      ledger.ranTooOften(Math.max(0, ran - ranBefore - tasks));
      ranBefore = ran;
    }
  }

  /** How often agent noop ran since the process started. */
  private static long ran(Http http) throws IOException {
    return http.get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("agent_request_total{") && line.contains("agent=\"noop\""))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private boolean jobsLeft() throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery("SELECT EXISTS (SELECT FROM sutazai.jobs)")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  // ---- measuring

  /** So many tasks in so many seconds. */
  private record Stretch(int tasks, double seconds) {}

  private interface Part {
    Stretch run() throws Exception;
  }

  private record Row(String name, double rate, Stretch stretch, Cpu.Used used) {}

  private double measure(String name, Part part) throws Exception {
    resetStatements();
    Cpu.Used start = cpu();
    Stretch stretch = part.run();
    var row = new Row(name, stretch.tasks() / stretch.seconds(), stretch, cpu().since(start));
    rows.add(row);
    say("%s", line(row));
    printStatements(stretch.tasks());
    return row.rate();
  }

  private Cpu.Used cpu() throws IOException {
    return Cpu.now(product == null ? 0 : product.pid(), server.pid());
  }

  private static double seconds(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / 1e9;
  }

  private static double now() {
    Instant now = Instant.now();
    return now.getEpochSecond() + now.getNano() / 1e9;
  }

  private static String quantiles(double[] millis) {
    return "p50 %.1f, p99 %.1f, most %.1f ms"
        .formatted(quantile(millis, 0.5), quantile(millis, 0.99), quantile(millis, 1));
  }

  private static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }

  /** Median rate of the rows of that name; NaN when there is none. */
  private double rate(String prefix) {
    double[] rates =
        rows.stream().filter(row -> row.name().startsWith(prefix)).mapToDouble(Row::rate).toArray();
    return rates.length == 0 ? Double.NaN : quantile(rates, 0.5);
  }

  // ---- the program and its database

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

  private void resetStatements() throws SQLException {
    if (sizes.statements()) {
      try (Statement statement = database.createStatement()) {
        statement.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        statement.execute("SELECT pg_stat_statements_reset()");
      }
    }
  }

  private void printStatements(int tasks) throws SQLException {
    if (!sizes.statements()) {
      return;
    }
    try (Statement statement = database.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT calls, total_exec_time, rows, shared_blks_hit, shared_blks_read, wal_bytes,
                       left(regexp_replace(query, '\\s+', ' ', 'g'), 90)
                FROM pg_stat_statements
                WHERE query !~ 'pg_stat_statements'
                ORDER BY total_exec_time DESC
                LIMIT 10
                """)) {
      say("  %8s %9s %9s %8s %9s %8s", "calls", "ms/call", "us/task", "rows", "blocks", "WAL B");
      while (row.next()) {
        long calls = row.getLong(1);
        say(
            "  %8d %9.3f %9.1f %8.2f %9.2f %8.0f  %s",
            calls,
            row.getDouble(2) / calls,
            row.getDouble(2) * 1000 / tasks,
            row.getDouble(3) / tasks,
            (row.getDouble(4) + row.getDouble(5)) / tasks,
            row.getDouble(6) / tasks,
            row.getString(7));
      }
    }
  }

  // ---- telling

  private void printMachine() throws SQLException {
    say(
        "%d cores, PostgreSQL %s, Java %s",
        Runtime.getRuntime().availableProcessors(), setting("server_version"), Runtime.version());
    say(
        "fsync %s, synchronous_commit %s, full_page_writes %s, wal_sync_method %s, shared_buffers"
            + " %s",
        setting("fsync"),
        setting("synchronous_commit"),
        setting("full_page_writes"),
        setting("wal_sync_method"),
        setting("shared_buffers"));
  }

  private String setting(String name) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + name)) {
      row.next();
      return row.getString(1);
    }
  }

  private String line(Row row) {
    double tasks = row.stretch().tasks();
    return "%s: %,.0f/s = %.1f x; CPU product %.0f + database %.0f + client %.0f us/task, others %.2f cores (%,d tasks in %.1f s)"
        .formatted(
            row.name(),
            row.rate(),
            row.rate() / yardstick.rate(),
            row.used().product() * 1e6 / tasks,
            row.used().database() * 1e6 / tasks,
            row.used().driver() * 1e6 / tasks,
            row.used().others() / row.stretch().seconds(),
            row.stretch().tasks(),
            row.stretch().seconds());
  }

  private void report() {
    double ref = yardstick.rate();
    System.out.println();
    say(
        "yardstick, all measurements: %s; mean %,.0f commits/s",
        yardstick.rates().stream().map("%,.0f"::formatted).collect(Collectors.joining(" ")), ref);
    System.out.println("| what | per second | x yardstick | product us/task | database us/task |");
    System.out.println("|---|---|---|---|---|");
    for (Row row : rows) {
      double tasks = row.stretch().tasks();
      System.out.printf(
          "| %s | %,.0f | %.1f | %.0f | %.0f |%n",
          row.name(),
          row.rate(),
          row.rate() / ref,
          row.used().product() * 1e6 / tasks,
          row.used().database() * 1e6 / tasks);
    }
    multiple("end to end, round", "end to end", 8);
    multiple("submit bulk, 4 clients x 1,000, nothing runs", "submit by bulk", 15);
    System.out.println();
    goals.forEach(System.out::println);
    say("tasks: %s", ledger);
  }

  private void multiple(String rows, String name, double atLeast) {
    double multiple = rate(rows) / yardstick.rate();
    if (!Double.isNaN(multiple)) {
      goal(
          name,
          "%.1f x the yardstick",
          multiple,
          "at least " + (int) atLeast + " x",
          multiple >= atLeast);
    }
  }

  private void goal(String name, String format, double value, String wanted, boolean met) {
    goals.add(
        "%s: %s (goal: %s) %s"
            .formatted(name, format.formatted(value), wanted, met ? "met" : "MISSED"));
  }

  private static void say(String format, Object... arguments) {
    System.out.println(format.formatted(arguments));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(each);
      }
    }
  }
}
