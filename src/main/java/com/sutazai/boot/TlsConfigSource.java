package com.sutazai.boot;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Turns {@code sutazai.tls.*} into the framework's settings once a certificate and its key are set:
 * the product's port speaks TLS then, and nothing is answered in plain HTTP but a redirect.
 */
public final class TlsConfigSource implements ConfigSourceFactory {
  private static final int ORDINAL = 275;
  private static final String NAME = "sutazai";
  private static final String STORE = "quarkus.tls." + NAME + ".";

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    String certificate = value(context, "certificate");
    String key = value(context, "key");
    if (certificate == null || key == null) {
      return Set.of();
    }
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(STORE + "key-store.pem.0.cert", certificate);
    settings.put(STORE + "key-store.pem.0.key", key);
    settings.put(STORE + "reload-period", orElse(value(context, "reload"), "1m"));
    String authorities = value(context, "client-authorities");
    if (authorities != null) {
      settings.put(STORE + "trust-store.pem.certs", authorities);
    }
    settings.put("quarkus.http.tls-configuration-name", NAME);
    settings.put("quarkus.http.ssl-port", "${sutazai.port:10010}");
    String redirect = value(context, "redirect-port");
    settings.put("quarkus.http.insecure-requests", redirect == null ? "disabled" : "redirect");
    if (redirect != null) {
      settings.put("quarkus.http.port", redirect);
    }
    return Set.of(new PropertiesConfigSource(settings, "TLS", ORDINAL));
  }

  @Override
  public OptionalInt getPriority() {
    return OptionalInt.of(ORDINAL);
  }

  private static String orElse(@Nullable String value, String byDefault) {
    return value == null ? byDefault : value;
  }

  private static @Nullable String value(ConfigSourceContext context, String name) {
    ConfigValue value = context.getValue("sutazai.tls." + name);
    return value == null || value.getValue() == null || value.getValue().isBlank()
        ? null
        : value.getValue();
  }
}
