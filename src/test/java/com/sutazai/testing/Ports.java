package com.sutazai.testing;

import com.sutazai.boot.FreePort;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ports of loopback for servers that tests start, each given once. */
public final class Ports {
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private Ports() {}

  /** One that no outgoing connection gets either, so a server may be away and come back to it. */
  public static int free() throws IOException {
    int port = FreePort.find();
    while (!GIVEN.add(port)) {
      port = FreePort.find();
    }
    return port;
  }
}
