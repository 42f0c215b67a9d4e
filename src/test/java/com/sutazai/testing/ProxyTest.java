package com.sutazai.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A network that does not fail when it is told to proves nothing. */
class ProxyTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private ServerSocket echo;
  private Proxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 50, LOOPBACK);
    Thread.ofVirtual().start(this::serve);
    proxy = Proxy.to(echo.getLocalPort());
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    echo.close();
  }

  private void serve() {
    while (!echo.isClosed()) {
      try {
        Socket socket = echo.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void answer(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // reset by the test
    }
  }

  private Socket connect() throws IOException {
    return new Socket(LOOPBACK, proxy.port());
  }

  private static int ask(Socket socket) throws IOException {
    socket.getOutputStream().write(7);
    return socket.getInputStream().read();
  }

  @Test
  void it_passes_bytes_both_ways() throws IOException {
    try (Socket socket = connect()) {
      assertThat(ask(socket)).isEqualTo(7);
    }
  }

  @Test
  void cut_it_resets_what_is_open_and_refuses_what_comes() throws Exception {
    try (Socket socket = connect()) {
      ask(socket);

      proxy.cut();

      assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
      assertThatThrownBy(this::connect).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void stalled_it_takes_connections_and_passes_nothing_until_it_is_healed() throws Exception {
    proxy.stall();
    try (Socket socket = connect()) {
      socket.setSoTimeout(200);
      assertThatThrownBy(() -> ask(socket)).isInstanceOf(SocketTimeoutException.class);

      proxy.heal();

      socket.setSoTimeout(60_000);
      assertThat(socket.getInputStream().read()).isEqualTo(7);
    }
  }

  @Test
  void healed_it_takes_connections_at_the_same_place() throws Exception {
    proxy.cut();

    proxy.heal();

    try (Socket socket = connect()) {
      assertThat(ask(socket)).isEqualTo(7);
    }
  }
}
