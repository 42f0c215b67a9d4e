package com.sutazai.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Debian's load driver wrk with one thread, each connection as fast as it is answered. */
final class Wrk {
  private static final Pattern FIGURE =
      Pattern.compile("(?m)^figures (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)$");

  /** Prints what is read here, whatever units wrk would choose; microseconds. */
  private static final String SCRIPT =
      """
      done = function(summary, latency, requests)
        local errors = summary.errors
        io.write(string.format("figures %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration,
          latency:percentile(50), latency:percentile(99),
          errors.connect + errors.read + errors.write + errors.status + errors.timeout))
      end
      %s
      """;

  private Wrk() {}

  /**
   * What a run did.
   *
   * @param p50 milliseconds
   * @param p99 milliseconds
   */
  record Run(long requests, double seconds, double p50, double p99) {
    double rate() {
      return requests / seconds;
    }
  }

  /**
   * Sends the same or, by the script, other requests for so long.
   *
   * @param lua what wrk is told of the requests beside the URL
   */
  static Run run(Path folder, String url, String lua, int connections, int seconds)
      throws IOException, InterruptedException {
    Path script = Files.writeString(folder.resolve("wrk.lua"), SCRIPT.formatted(lua));
    List<String> command = new ArrayList<>(List.of("wrk", "-t1", "-c" + connections));
    command.addAll(List.of("-d" + seconds + "s", "-s", script.toString(), url));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher figures = FIGURE.matcher(told);
    if (process.waitFor() != 0 || !figures.find() || !figures.group(5).equals("0")) {
      throw new AssertionError("wrk at " + url + ":\n" + told);
    }
    return new Run(
        Long.parseLong(figures.group(1)),
        Double.parseDouble(figures.group(2)) / 1e6,
        Double.parseDouble(figures.group(3)) / 1e3,
        Double.parseDouble(figures.group(4)) / 1e3);
  }
}
