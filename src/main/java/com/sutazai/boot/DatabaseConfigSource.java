package com.sutazai.boot;

import com.sutazai.platform.error.StartException;
import com.sutazai.platform.id.RandomBytes;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Gives the pools their address: that of {@code DATABASE_URL}, or that of the embedded server that
 * {@link EmbeddedPostgres} starts later. It only decides port and password; sources also run while
 * the program is built, so nothing is started and nothing is written here. It lists no property
 * names, which keeps these values out of what a build records. They are no settings, so their names
 * do not begin with {@code sutazai.}: unknown settings are refused.
 */
public final class DatabaseConfigSource implements ConfigSourceFactory {
  static final String EMBEDDED_PORT = "sutazai-internal.embedded-port";
  static final String EMBEDDED_PASSWORD = "sutazai-internal.embedded-password";
  static final String DATA_DIRECTORY = "sutazai-internal.data-directory";
  static final String MODELS_DIRECTORY = "sutazai-internal.models-directory";
  static final String USER = "sutazai";

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    String url = value(context, "database.url");
    Path data =
        DataDirectory.resolve(
            value(context, "sutazai.boot.data-dir"),
            System.getenv(),
            System.getProperty("user.name"));
    return Set.of(
        url == null || url.isBlank()
            ? new Embedded(data, doors(context))
            : new External(url, data));
  }

  /** Ports that the program opens itself, later than its database. */
  private static Set<String> doors(ConfigSourceContext context) {
    return Stream.of("sutazai.port", "sutazai.tls.redirect-port")
        .map(name -> value(context, name))
        .filter(Objects::nonNull)
        .collect(Collectors.toSet());
  }

  @Override
  public OptionalInt getPriority() {
    return OptionalInt.of(275);
  }

  private static @Nullable String value(ConfigSourceContext context, String name) {
    ConfigValue value = context.getValue(name);
    return value == null ? null : value.getValue();
  }

  private abstract static class Source implements ConfigSource {
    private final Path data;

    Source(Path data) {
      this.data = data;
    }

    Path data() {
      return data;
    }

    abstract @Nullable DatabaseAddress address();

    abstract int poolMax();

    @Nullable String extra(String name) {
      return null;
    }

    @Override
    public Set<String> getPropertyNames() {
      return Set.of();
    }

    @Override
    public Map<String, String> getProperties() {
      return Map.of();
    }

    @Override
    @SuppressWarnings("NullAway") // the interface predates JSpecify: null means "not here"
    public String getValue(String name) {
      if (!name.startsWith("sutazai-internal.")) {
        return null;
      }
      if (name.equals(MODELS_DIRECTORY)) {
        return data.resolve("models").toString();
      }
      String own = extra(name);
      DatabaseAddress address = address();
      if (own != null || address == null) {
        return own;
      }
      return switch (name) {
        case "sutazai-internal.database-user" -> address.user();
        case "sutazai-internal.database-password" -> address.password();
        case "sutazai-internal.pool-max" -> String.valueOf(poolMax());
        case "sutazai-internal.jdbc-url" -> address.jdbcUrl();
        case "sutazai-internal.reactive-url" -> address.reactiveUrl();
        case "sutazai-internal.database-root-certificate" -> address.tls().rootCertificate();
        case "sutazai-internal.pgbouncer" -> String.valueOf(address.pgbouncer());
        default -> null;
      };
    }

    @Override
    public int getOrdinal() {
      return 275;
    }

    @Override
    public String getName() {
      return "database address";
    }
  }

  private static final class External extends Source {
    private final String url;

    External(String url, Path data) {
      super(data);
      this.url = url;
    }

    @Override
    int poolMax() {
      return 50;
    }

    /** What cannot be read is told by {@link Startup}; here it would be told for every key. */
    @Override
    DatabaseAddress address() {
      try {
        return DatabaseAddress.parse(url);
      } catch (StartException e) {
        return new DatabaseAddress(
            "127.0.0.1", 1, "unreadable", "unreadable", "", "", false, DatabaseTls.NONE);
      }
    }
  }

  private static final class Embedded extends Source {
    private final Set<String> doors;

    Embedded(Path data, Set<String> doors) {
      super(data);
      this.doors = doors;
    }

    @Override
    DatabaseAddress address() {
      return new DatabaseAddress(
          "127.0.0.1",
          Integer.parseInt(port()),
          "sutazai",
          USER,
          password(),
          "",
          false,
          DatabaseTls.NONE);
    }

    @Override
    int poolMax() {
      return 10;
    }

    @Override
    @Nullable String extra(String name) {
      return switch (name) {
        case DATA_DIRECTORY -> data().toString();
        case EMBEDDED_PORT -> port();
        case EMBEDDED_PASSWORD -> password();
        default -> null;
      };
    }

    /**
     * One free port per process: configuration is read several times and must agree with itself.
     */
    private String port() {
      synchronized (DatabaseConfigSource.class) {
        String known = System.getProperty(EMBEDDED_PORT);
        if (known == null) {
          try {
            do {
              known = String.valueOf(FreePort.find());
            } while (doors.contains(known));
          } catch (IOException e) {
            throw new StartException("No free port on loopback for the embedded database: " + e, e);
          }
          System.setProperty(EMBEDDED_PORT, known);
        }
        return known;
      }
    }

    private String password() {
      Path file = data().resolve("postgres.password");
      try {
        if (Files.exists(file)) {
          return Files.readString(file).strip();
        }
      } catch (IOException e) {
        throw new StartException("The database password in " + file + " cannot be read: " + e, e);
      }
      synchronized (DatabaseConfigSource.class) {
        String key = EMBEDDED_PASSWORD + "." + data();
        String known = System.getProperty(key);
        if (known == null) {
          known = RandomBytes.text(24);
          System.setProperty(key, known);
        }
        return known;
      }
    }
  }
}
