package com.sutazai.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is measured and how long, from arguments {@code name=value}.
 *
 * @param jar the packaged program
 * @param java options of its Java, with blanks between them
 * @param server further options of the database server, such as {@code -c name=value}
 * @param folder holds the database while it runs; its disk is what is measured
 * @param refSeconds length of one measurement of the yardstick
 * @param seconds length of one measurement of single submissions
 * @param bulk tasks submitted in bulk while nothing runs
 * @param tasks tasks of one round
 * @param rounds rounds end to end, and as many again beside an open transaction
 * @param starts tasks whose start latency is measured, one each 100 ms
 * @param statements whether to print what each SQL statement costs, which itself costs a little
 * @param only parts to run, of {@code submit}, {@code start}, {@code rounds}, {@code due}, {@code
 *     both}, {@code held}
 */
record Sizes(
    Path jar,
    List<String> java,
    String server,
    Path folder,
    double refSeconds,
    double seconds,
    int bulk,
    int tasks,
    int rounds,
    int starts,
    boolean statements,
    Set<String> only) {
  static Sizes of(String... arguments) {
    Map<String, String> given = new HashMap<>();
    boolean quick = false;
    for (String argument : arguments) {
      if (argument.equals("quick")) {
        quick = true;
      } else {
        String[] parts = argument.split("=", 2);
        if (parts.length != 2) {
          throw new IllegalArgumentException(argument + ": write quick or name=value");
        }
        given.put(parts[0], parts[1]);
      }
    }
    var sizes =
        new Sizes(
            Path.of(take(given, "jar", "target/quarkus-app/quarkus-run.jar")),
            words(take(given, "java", "")),
            take(given, "server", ""),
            Path.of(take(given, "folder", "target/bench")),
            Double.parseDouble(take(given, "refSeconds", quick ? "2" : "5")),
            Double.parseDouble(take(given, "seconds", quick ? "2" : "8")),
            Integer.parseInt(take(given, "bulk", quick ? "10000" : "60000")),
            Integer.parseInt(take(given, "tasks", quick ? "10000" : "20000")),
            Integer.parseInt(take(given, "rounds", quick ? "2" : "5")),
            Integer.parseInt(take(given, "starts", quick ? "50" : "300")),
            Boolean.parseBoolean(take(given, "statements", "false")),
            Set.of(take(given, "only", "submit,start,rounds,due,both,held").split(",")));
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("Unknown: " + given.keySet());
    }
    return sizes;
  }

  private static String take(Map<String, String> given, String name, String otherwise) {
    String value = given.remove(name);
    return value == null ? otherwise : value;
  }

  private static List<String> words(String text) {
    return text.isBlank() ? List.of() : new ArrayList<>(List.of(text.strip().split(" +")));
  }

  boolean has(String part) {
    return only.contains(part);
  }
}
