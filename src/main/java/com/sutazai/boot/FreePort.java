package com.sutazai.boot;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port of loopback for a server that is started later, and again after it ended. A port that the
 * system chooses is one of those that it gives to outgoing connections too, so any of these may
 * take it while the server is away; this one is beside them, where only who asks for it by number
 * gets it.
 */
public final class FreePort {
  private static final Path OUTGOING = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
  private static final int LOWEST = 10_240; // below are those of known services
  private static final int HIGHEST = 65_535;
  private static final int TRIES = 100;

  private FreePort() {}

  /**
   * One that nobody listens on now, between 10,240 and 65,535 and none that outgoing connections
   * get. Where these get nearly all, or are not known, it is one that the system chooses.
   *
   * @throws IOException when no port is free
   */
  public static int find() throws IOException {
    return find(outgoing());
  }

  static int find(Range outgoing) throws IOException {
    for (int tries = 0; tries < TRIES; tries++) {
      int port = outgoing.beside(ThreadLocalRandom.current().nextInt(HIGHEST));
      try {
        return bound(port);
      } catch (IOException taken) {
        // the next one then
      }
    }
    return bound(0);
  }

  private static int bound(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Range outgoing() {
    try {
      return Range.parse(Files.readString(OUTGOING));
    } catch (IOException | NumberFormatException unknown) {
      return new Range(0, HIGHEST);
    }
  }

  /** From the first to the last, both of them in it. */
  record Range(int first, int last) {
    private static final int ENOUGH = 1_000;

    static Range parse(String line) {
      String[] bounds = line.strip().split("\\s+");
      if (bounds.length != 2) {
        throw new NumberFormatException("no two bounds: " + line);
      }
      return new Range(Integer.parseInt(bounds[0]), Integer.parseInt(bounds[1]));
    }

    /**
     * The nth of those that are not in it, counted from the lowest and over again; 0 where few are.
     */
    int beside(int nth) {
      int below = Math.max(0, first - LOWEST);
      int above = Math.max(0, HIGHEST - Math.max(last, LOWEST - 1));
      if (below + above < ENOUGH) {
        return 0;
      }
      int place = nth % (below + above);
      return place < below ? LOWEST + place : HIGHEST - (place - below);
    }
  }
}
