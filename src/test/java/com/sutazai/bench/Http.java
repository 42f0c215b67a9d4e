package com.sutazai.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One kept-alive connection to the program on this machine, for one thread. As little of HTTP/1.1
 * as it takes: a client that shares two cores with what it measures must cost next to nothing.
 */
final class Http implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 120_000;

  private final Socket socket;
  private final BufferedInputStream in;
  private final OutputStream out;
  private final int port;
  private final byte[] line = new byte[8192];

  Http(int port) throws IOException {
    this.port = port;
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    out = socket.getOutputStream();
  }

  record Response(int status, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  Response get(String path) throws IOException {
    return exchange("GET " + path, "", new byte[0]);
  }

  /** Header lines, if any, end with CR LF. */
  Response post(String path, String headers, byte[] json) throws IOException {
    return exchange("POST " + path, headers + "Content-Type: application/json\r\n", json);
  }

  /**
   * Posts, takes all of an answer that comes in chunks, and returns when the first of them came, by
   * {@link System#nanoTime}.
   */
  long firstPiece(String path, byte[] json) throws IOException {
    send("POST " + path, "Content-Type: application/json\r\n", json);
    Head head = head();
    if (head.status() != 200 || !head.chunked()) {
      throw new IOException(head + ": no stream");
    }
    in.mark(1);
    int next = in.read();
    long came = System.nanoTime();
    if (next < 0) {
      throw new EOFException("The connection was closed");
    }
    in.reset();
    chunks();
    return came;
  }

  private Response exchange(String what, String headers, byte[] body) throws IOException {
    send(what, headers, body);
    return answer();
  }

  private void send(String what, String headers, byte[] body) throws IOException {
    String head =
        what
            + " HTTP/1.1\r\nHost: 127.0.0.1:"
            + port
            + "\r\n"
            + headers
            + "Content-Length: "
            + body.length
            + "\r\n\r\n";
    byte[] start = head.getBytes(StandardCharsets.US_ASCII);
    byte[] request = new byte[start.length + body.length];
    System.arraycopy(start, 0, request, 0, start.length);
    System.arraycopy(body, 0, request, start.length, body.length);
    out.write(request);
  }

  private record Head(int status, int length, boolean chunked) {}

  private Response answer() throws IOException {
    Head head = head();
    return new Response(head.status(), head.chunked() ? chunks() : in.readNBytes(head.length()));
  }

  private Head head() throws IOException {
    int status = Integer.parseInt(readLine().substring(9, 12));
    int length = 0;
    boolean chunked = false;
    for (String header = readLine(); !header.isEmpty(); header = readLine()) {
      if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(header.substring(15).strip());
      } else if (header.regionMatches(true, 0, "transfer-encoding:", 0, 18)) {
        chunked = true;
      }
    }
    return new Head(status, length, chunked);
  }

  private byte[] chunks() throws IOException {
    var body = new ByteArrayOutputStream();
    int length = -1;
    while (length != 0) {
      length = Integer.parseInt(readLine(), 16);
      body.write(in.readNBytes(length));
      readLine();
    }
    return body.toByteArray();
  }

  private String readLine() throws IOException {
    int length = 0;
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("The connection was closed");
      }
      line[length++] = (byte) next;
    }
    return new String(line, 0, length - 1, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
