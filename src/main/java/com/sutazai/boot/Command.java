package com.sutazai.boot;

import com.sutazai.platform.error.StartException;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the program is asked to do instead of running: {@code keys create} and {@code users create}.
 * It does so in the database that it would run on: in the one of a program that runs already, if
 * there is one, else in its own, which it starts for as long as that takes.
 *
 * @param what {@code keys create} or {@code users create}
 * @param options by name, such as {@code --name}; a flag has an empty text
 */
record Command(String what, Map<String, String> options) {
  static final String MAKE_KEY = "keys create";
  static final String MAKE_USER = "users create";

  static final Set<String> HELP = Set.of("help", "--help", "-h");

  static final String USAGE =
      """
      Without arguments the program runs; all settings: docs/configuration.md. Or it does one thing and ends:
        keys create (--admin | --scopes tasks:read,tasks:write) [--name NAME] [--owner OWNER]
            makes a key and prints it, once
        users create --email ADDRESS [--role viewer|user|administrator] [--owner OWNER]
            makes a user; the password is asked for, or is the first line of what is piped in
        train
            runs on trial and makes a cache beside the program, with which it starts in about half the time""";

  private static final Map<String, Set<String>> OPTIONS =
      Map.of(
          MAKE_KEY,
          Set.of("--admin", "--scopes", "--name", "--owner"),
          MAKE_USER,
          Set.of("--email", "--role", "--owner"));

  private static final Set<String> FLAGS = Set.of("--admin");

  /** Line of {@code postmaster.pid} that has the port. */
  private static final int PORT_LINE = 3;

  private static volatile @Nullable Command pending;

  Command {
    options = Map.copyOf(options);
  }

  /** What is to be done in this process instead of running; null when it is to run. */
  static @Nullable Command pending() {
    return pending;
  }

  /** Takes the command that the arguments are, if they are one. */
  static void take(String... arguments) {
    if (arguments.length == 0) {
      return;
    }
    String what = String.join(" ", List.of(arguments).subList(0, Math.min(2, arguments.length)));
    Set<String> known = OPTIONS.get(what);
    if (known == null) {
      throw wrong(what + " is no command.");
    }
    Map<String, String> options = new HashMap<>();
    for (int i = 2; i < arguments.length; i++) {
      String name = arguments[i];
      boolean flag = FLAGS.contains(name);
      if (!known.contains(name)) {
        throw wrong(name + " is no option of " + what + ".");
      }
      if (!flag && (i + 1 == arguments.length || arguments[i + 1].startsWith("--"))) {
        throw wrong(name + " needs a value.");
      }
      options.put(name, flag ? "" : arguments[++i]);
    }
    check(what, options.keySet());
    pending = new Command(what, options);
    useRunningDatabase();
  }

  /** Before a database is started for it. */
  private static void check(String what, Set<String> options) {
    if (what.equals(MAKE_USER) && !options.contains("--email")) {
      throw wrong(what + " needs --email.");
    }
    if (what.equals(MAKE_KEY) && options.contains("--admin") == options.contains("--scopes")) {
      throw wrong(what + " needs either --admin or --scopes.");
    }
  }

  private static StartException wrong(String reason) {
    return new StartException(reason + "\n" + USAGE);
  }

  @Nullable String option(String name) {
    return options.get(name);
  }

  /** A password from the terminal, or the first line of what is piped in. */
  static String password() {
    Console console = System.console();
    if (console != null && console.isTerminal()) {
      char[] typed = console.readPassword("Password: ");
      return typed == null ? "" : new String(typed);
    }
    try {
      String line =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      return line == null ? "" : line;
    } catch (IOException e) {
      throw new StartException("The password cannot be read: " + e.getMessage(), e);
    }
  }

  /** A program that runs holds its data directory; its server takes another client. */
  private static void useRunningDatabase() {
    String url = setting("database.url", "DATABASE_URL");
    if (url != null && !url.isBlank()) {
      return;
    }
    Path data =
        DataDirectory.resolve(
            setting("sutazai.boot.data-dir", "SUTAZAI_BOOT_DATA_DIR"),
            System.getenv(),
            System.getProperty("user.name"));
    if (!DataDirectory.isLocked(data)) {
      return;
    }
    try {
      String port =
          Files.readAllLines(data.resolve("postgres/postmaster.pid")).get(PORT_LINE).strip();
      String password = Files.readString(data.resolve("postgres.password")).strip();
      System.setProperty(
          "database.url",
          "postgresql://"
              + DatabaseConfigSource.USER
              + ":"
              + password
              + "@127.0.0.1:"
              + port
              + "/sutazai");
    } catch (IOException | IndexOutOfBoundsException e) {
      throw new StartException(
          "The program that runs in " + data + " has no database yet; try it again.", e);
    }
  }

  private static @Nullable String setting(String property, String variable) {
    String value = System.getProperty(property);
    return value == null ? System.getenv(variable) : value;
  }

  /** Ends a start whose command is done. */
  static final class Done extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Done() {
      super("done", null, false, false);
    }
  }
}
