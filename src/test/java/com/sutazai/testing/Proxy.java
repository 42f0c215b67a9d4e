package com.sutazai.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A network that can fail: passes bytes between clients and a server of this machine until it is
 * cut (connections are reset, new ones refused) or stalled (connections are taken, nothing passes).
 */
public final class Proxy implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final int target;
  private final int port;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private ServerSocket door;
  private Thread receiver;
  private boolean stalled;

  private Proxy(int target, ServerSocket door) {
    this.target = target;
    this.door = door;
    port = door.getLocalPort();
  }

  /** Begins to pass what comes on a free port to the port of the server. */
  public static Proxy to(int target) throws IOException {
    var proxy = new Proxy(target, door(Ports.free()));
    proxy.receive();
    return proxy;
  }

  public int port() {
    return port;
  }

  /** Resets every connection and refuses new ones until {@link #heal}. */
  public void cut() throws IOException, InterruptedException {
    Thread closing;
    synchronized (this) {
      door.close();
      closing = receiver;
    }
    closing.join(); // only then is the port free
    open.forEach(Proxy::reset);
    open.clear();
  }

  /** Takes connections and passes nothing until {@link #heal}; what was sent meanwhile follows. */
  public synchronized void stall() {
    stalled = true;
  }

  /** Works as at first. */
  public synchronized void heal() throws IOException {
    if (door.isClosed()) {
      door = door(port);
      receive();
    }
    stalled = false;
    notifyAll();
  }

  private synchronized void awaitPassage() throws InterruptedException {
    while (stalled) {
      wait();
    }
  }

  private static ServerSocket door(int port) throws IOException {
    var door = new ServerSocket();
    door.setReuseAddress(true);
    door.bind(new InetSocketAddress(LOOPBACK, port), 200);
    return door;
  }

  private void receive() {
    ServerSocket from = door;
    receiver = Thread.ofVirtual().name("proxy-door").start(() -> receiveAll(from));
  }

  private void receiveAll(ServerSocket from) {
    while (true) {
      try {
        Socket client = from.accept();
        if (!admit(from, client)) {
          reset(client);
        }
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** Whether there is a way on; a connection that came while the network was cut has none. */
  private synchronized boolean admit(ServerSocket from, Socket client) {
    if (from.isClosed()) {
      return false;
    }
    try {
      var server = new Socket(LOOPBACK, target);
      open.add(client);
      open.add(server);
      pass(client, server);
      pass(server, client);
      return true;
    } catch (IOException serverIsAway) {
      return false;
    }
  }

  private void pass(Socket from, Socket to) {
    Thread.ofVirtual().name("proxy-pass").start(() -> passAll(from, to));
  }

  private void passAll(Socket from, Socket to) {
    byte[] bytes = new byte[16 << 10];
    try {
      from.setTcpNoDelay(true);
      for (int n = from.getInputStream().read(bytes); n >= 0; ) {
        awaitPassage();
        to.getOutputStream().write(bytes, 0, n);
        n = from.getInputStream().read(bytes);
      }
      awaitPassage();
      close(to);
    } catch (IOException | InterruptedException broken) {
      reset(to);
    } finally {
      close(from);
      open.remove(from);
      open.remove(to);
    }
  }

  private static void reset(Socket socket) {
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // closed before
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // closed before
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    cut();
    synchronized (this) {
      stalled = false;
      notifyAll();
    }
  }
}
