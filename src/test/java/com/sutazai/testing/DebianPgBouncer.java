package com.sutazai.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * PgBouncer from Debian's package of that name in transaction pooling, before a server of the test,
 * on a private port. A test that asks for it is skipped where it is not installed.
 */
public final class DebianPgBouncer implements AutoCloseable {
  private static final Path BINARY = Path.of("/usr/sbin/pgbouncer");

  private final Process process;
  private final int port;

  private DebianPgBouncer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Few sessions for many callers, so that they do change hands. */
  public static DebianPgBouncer start(Path folder, DebianPostgres server, int sessions)
      throws Exception {
    assumeTrue(Files.isExecutable(BINARY), "PgBouncer is not installed: apt-get install pgbouncer");
    int port = Ports.free();
    Path users = Files.writeString(folder.resolve("users.txt"), "\"sutazai\" \"\"\n");
    Path settings =
        Files.writeString(
            folder.resolve("pgbouncer.ini"),
            """
            [databases]
            sutazai = host=127.0.0.1 port=%s dbname=sutazai

            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = %d
            unix_socket_dir =
            auth_type = trust
            auth_file = %s
            pool_mode = transaction
            default_pool_size = %d
            """
                .formatted(server.port(), port, users, sessions));
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.addAll(List.of(BINARY.toString(), settings.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("pgbouncer.log").toFile())
            .start();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> listens(port));
    return new DebianPgBouncer(process, port);
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (java.io.IOException e) {
      return false;
    }
  }

  /** The address without a word about what answers there. */
  public String url() {
    return "postgresql://sutazai@127.0.0.1:" + port + "/sutazai";
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }
}
