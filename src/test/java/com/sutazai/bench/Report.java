package com.sutazai.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What was measured, told line by line and as a table at the end. */
final class Report {
  private final List<Row> rows = new ArrayList<>();
  private final List<String> goals = new ArrayList<>();
  private final Yardstick yardstick;
  private double yardstickCpu;

  Report(Yardstick yardstick) {
    this.yardstick = yardstick;
  }

  record Row(String name, Stretch stretch, Cpu.Used used) {
    double rate() {
      return stretch.tasks() / stretch.seconds();
    }

    double product() {
      return used.product() * 1e6 / stretch.tasks();
    }

    double database() {
      return used.database() * 1e6 / stretch.tasks();
    }

    /** What a task costs, in microseconds, without the client that submitted it. */
    double cpu() {
      return product() + database();
    }

    double others() {
      return used.others() / stretch.seconds();
    }
  }

  void yardstick(Yardstick.Run run, Cpu.Used used) {
    yardstickCpu += used.database() + used.driver();
    say(
        "yardstick: %,.0f single-row commits/s by 8 clients; CPU database %.0f + client %.0f"
            + " us/commit, others %.2f cores",
        run.rate(),
        used.database() * 1e6 / run.commits(),
        used.driver() * 1e6 / run.commits(),
        used.others() / run.seconds());
  }

  void add(Row row) {
    rows.add(row);
    say("%s", line(row));
  }

  /** The last rows that were added, oldest first. */
  List<Row> last(int count) {
    return List.copyOf(rows.subList(rows.size() - count, rows.size()));
  }

  private String line(Row row) {
    return "%s: %,.0f/s = %.1f x; CPU product %.0f + database %.0f + client %.0f us/task, others %.2f cores (%,d tasks in %.1f s)"
        .formatted(
            row.name(),
            row.rate(),
            row.rate() / yardstick.rate(),
            row.product(),
            row.database(),
            row.used().driver() * 1e6 / row.stretch().tasks(),
            row.others(),
            row.stretch().tasks(),
            row.stretch().seconds());
  }

  void print(Ledger ledger) {
    double ref = yardstick.rate();
    System.out.println();
    say(
        "yardstick, all measurements: %s; mean %,.0f commits/s",
        yardstick.runs().stream()
            .map(run -> "%,.0f".formatted(run.rate()))
            .collect(Collectors.joining(" ")),
        ref);
    double commitCpu = yardstickCpu * 1e6 / yardstick.commits();
    say("CPU of a commit, client and database: %.0f us", commitCpu);
    System.out.println(
        "| what | per second | x yardstick | product us/task | database us/task | x yardstick by"
            + " CPU | others, cores |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (Row row : rows) {
      System.out.printf(
          "| %s | %,.0f | %.1f | %.0f | %.0f | %.1f | %.1f |%n",
          row.name(),
          row.rate(),
          row.rate() / ref,
          row.product(),
          row.database(),
          commitCpu / row.cpu(),
          row.others());
    }
    System.out.println();
    goals.forEach(System.out::println);
    say("tasks: %s", ledger);
  }

  /** Compares the median of those rows with the yardstick. */
  void multiple(String rows, String name, double atLeast) {
    double multiple = median(rows, Row::rate) / yardstick.rate();
    if (!Double.isNaN(multiple)) {
      goal(
          name,
          "%.1f x the yardstick".formatted(multiple),
          "at least %.0f x".formatted(atLeast),
          multiple >= atLeast);
    }
  }

  void goal(String name, String figure, String wanted, boolean met) {
    goals.add("%s: %s (goal: %s) %s".formatted(name, figure, wanted, met ? "met" : "MISSED"));
  }

  static void say(String format, Object... arguments) {
    System.out.println(format.formatted(arguments));
  }

  static String quantiles(double[] millis) {
    return "p50 %.1f, p99 %.1f, most %.1f ms"
        .formatted(quantile(millis, 0.5), quantile(millis, 0.99), quantile(millis, 1));
  }

  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }

  /** Over the rows whose name begins so; NaN when there is none. */
  double median(String prefix, ToDoubleFunction<Row> figure) {
    double[] figures =
        rows.stream().filter(row -> row.name().startsWith(prefix)).mapToDouble(figure).toArray();
    return figures.length == 0 ? Double.NaN : quantile(figures, 0.5);
  }
}
