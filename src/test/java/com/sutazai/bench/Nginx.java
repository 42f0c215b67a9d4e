package com.sutazai.bench;

import com.sutazai.testing.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Debian's nginx with one worker, in the foreground, on a port of loopback. */
final class Nginx implements AutoCloseable {
  private static final String FRAME =
      """
      user root;
      daemon off;
      worker_processes 1;
      pid %1$s/pid;
      error_log %1$s/error.log;
      events { worker_connections 1024; }
      http {
        access_log off;
        keepalive_requests 1000000000;
        client_body_temp_path %1$s/body;
        proxy_temp_path %1$s/proxy;
        fastcgi_temp_path %1$s/fastcgi;
        uwsgi_temp_path %1$s/uwsgi;
        scgi_temp_path %1$s/scgi;
        %3$s
        server {
          listen 127.0.0.1:%2$d;
          %4$s
        }
      }
      """;

  private final Process process;
  private final int port;

  private Nginx(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it and waits until it listens.
   *
   * @param folder for its files; made here
   * @param around further lines around the server
   * @param server lines of the server
   */
  static Nginx start(Path folder, String around, String server) throws Exception {
    Files.createDirectories(folder);
    int port = Ports.free();
    Path settings = folder.resolve("nginx.conf");
    Files.writeString(settings, FRAME.formatted(folder, port, around, server));
    Process process =
        new ProcessBuilder("/usr/sbin/nginx", "-p", folder.toString(), "-c", settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out.log").toFile())
            .start();
    var nginx = new Nginx(process, port);
    while (!nginx.listens()) {
      if (!process.isAlive()) {
        throw new IOException(Files.readString(folder.resolve("out.log")));
      }
      Thread.sleep(20);
    }
    return nginx;
  }

  private boolean listens() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor(10, TimeUnit.SECONDS);
  }
}
