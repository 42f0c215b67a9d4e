package com.sutazai.cache.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something at the port of Redis that is none: it answers whatever it is asked with these bytes.
 */
final class FakeRedis implements AutoCloseable {
  private final ServerSocket door = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final byte[] answer;
  private final boolean hangsUp;

  /**
   * @param answer to each piece that comes; nothing when it is empty
   * @param hangsUp after the first answer
   */
  FakeRedis(byte[] answer, boolean hangsUp) throws IOException {
    this.answer = answer.clone();
    this.hangsUp = hangsUp;
    Thread.ofVirtual().start(this::receive);
  }

  private void receive() {
    while (true) {
      try {
        Socket socket = door.accept();
        connections.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> answer(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void answer(Socket socket) {
    byte[] question = new byte[16 << 10];
    try (socket) {
      while (socket.getInputStream().read(question) >= 0) {
        socket.getOutputStream().write(answer);
        if (hangsUp) {
          return;
        }
      }
    } catch (IOException e) {
      // the other side hung up
    } finally {
      open.remove(socket);
    }
  }

  String url() {
    return "redis://127.0.0.1:" + port();
  }

  int port() {
    return door.getLocalPort();
  }

  /** Connections so far. */
  int connections() {
    return connections.get();
  }

  /** Connections now. */
  int open() {
    return open.size();
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
