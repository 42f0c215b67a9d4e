package com.sutazai.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** CPU time as /proc tells it, in seconds; the figure that other programs disturb least. */
final class Cpu {
  private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux

  private Cpu() {}

  /**
   * @param reaped of children that ended
   */
  private record Process(long parent, long own, long reaped) {}

  /**
   * CPU time so far of the process and all that come from it, those included that ended.
   *
   * @param processes as {@link #processes} read them
   */
  private static double ofTree(long root, Map<Long, Process> processes) {
    long ticks = 0;
    for (var each : processes.entrySet()) {
      long id = each.getKey();
      while (id != root && processes.containsKey(id)) {
        id = processes.get(id).parent();
      }
      ticks += id == root ? each.getValue().own() + each.getValue().reaped() : 0;
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** CPU time so far of the process and all that come from it. */
  static double ofTree(long root) throws IOException {
    return ofTree(root, processes());
  }

  private static Map<Long, Process> processes() throws IOException {
    Map<Long, Process> all = new HashMap<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path folder : folders) {
        try {
          String stat = Files.readString(folder.resolve("stat"));
          String[] field = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
          all.put(
              Long.parseLong(folder.getFileName().toString()),
              new Process(
                  Long.parseLong(field[1]),
                  Long.parseLong(field[11]) + Long.parseLong(field[12]),
                  Long.parseLong(field[13]) + Long.parseLong(field[14])));
        } catch (IOException e) {
          // it ended while it was read
        }
      }
    }
    return all;
  }

  /** Busy time of all cores since the machine started. */
  static double ofMachine() throws IOException {
    String[] field = Files.readAllLines(Path.of("/proc/stat")).getFirst().split(" +");
    long ticks = 0;
    for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
      ticks += Long.parseLong(field[i]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  /**
   * CPU seconds so far.
   *
   * @param others of programs that have nothing to do with the measurement
   */
  record Used(double product, double database, double driver, double others) {
    Used since(Used start) {
      return new Used(
          product - start.product,
          database - start.database,
          driver - start.driver,
          others - start.others);
    }

    Used plus(Used more) {
      return new Used(
          product + more.product,
          database + more.database,
          driver + more.driver,
          others + more.others);
    }
  }

  /** Reads all of them now; a product of id 0 is none. */
  static Used now(long product, long database) throws IOException {
    Map<Long, Process> all = processes();
    double ofProduct = product == 0 ? 0 : ofTree(product, all);
    double ofDatabase = ofTree(database, all);
    long self = ProcessHandle.current().pid();
    Process own = all.get(self);
    double ofDriver = own == null ? 0 : own.own() / TICKS_PER_SECOND;
    return new Used(
        ofProduct, ofDatabase, ofDriver, ofMachine() - ofProduct - ofDatabase - ofDriver);
  }
}
