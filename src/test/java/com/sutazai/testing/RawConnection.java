package com.sutazai.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One connection on which a test says what it likes, byte by byte. */
public final class RawConnection implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;

  private final Socket socket;
  private final InputStream in;

  /**
   * What the server said.
   *
   * @param headers names in lower case
   */
  public record Answer(int status, Map<String, String> headers, String body) {}

  private RawConnection(Socket socket) throws IOException {
    this.socket = socket;
    in = new BufferedInputStream(socket.getInputStream(), 512);
  }

  public static RawConnection to(URI address) throws IOException {
    return from("127.0.0.1", address);
  }

  /** From another address of loopback, as another machine would. */
  public static RawConnection from(String source, URI address) throws IOException {
    var socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(source), 0));
    socket.connect(new InetSocketAddress("127.0.0.1", address.getPort()), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return new RawConnection(socket);
  }

  public RawConnection send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** Sends what may not be taken any more. */
  public boolean sendIfOpen(String text) {
    try {
      send(text);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The next answer; empty when the connection ended instead. */
  public Optional<Answer> answer() throws IOException {
    try {
      String status = line();
      if (status == null) {
        return Optional.empty();
      }
      Map<String, String> headers = new TreeMap<>();
      for (String line = line(); line != null && !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
      String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      return Optional.of(new Answer(Integer.parseInt(status.split(" ", -1)[1]), headers, body));
    } catch (SocketException reset) {
      return Optional.empty();
    }
  }

  /** The statuses of all answers until the server ends the connection. */
  public List<Integer> statusesToTheEnd() throws IOException {
    List<Integer> statuses = new ArrayList<>();
    for (var next = answer(); next.isPresent(); next = answer()) {
      statuses.add(next.get().status());
    }
    return statuses;
  }

  private @Nullable String line() throws IOException {
    var line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        return null;
      }
      line.append((char) next);
    }
    return line.toString().stripTrailing();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
