package com.sutazai.security.jwt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * The keys that an issuer publishes, read anew every ten minutes, and when a token names one that
 * is not among them, but not twice within thirty seconds. They are read in the background while
 * those that are known answer; only a token that none of them is named by waits for them. While
 * they cannot be read, those that are known go on.
 */
final class IssuerKeys {
  private static final Logger LOG = Logger.getLogger(IssuerKeys.class);
  private static final long FRESH = Duration.ofMinutes(10).toNanos();
  private static final long SHORTEST = Duration.ofSeconds(30).toNanos();

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int MOST_BYTES = 1 << 20;

  private final String issuer;
  private final @Nullable String address;
  private final ObjectMapper json;
  private final LongSupplier nanos;
  private final Duration patience;
  private @Nullable HttpClient client;
  private @Nullable CompletableFuture<List<JsonWebKey>> reading;
  private long asked;

  /** Null until they were read once. */
  private volatile @Nullable List<JsonWebKey> keys;

  IssuerKeys(String issuer, @Nullable String address, ObjectMapper json) {
    this(issuer, address, json, System::nanoTime, PATIENCE);
  }

  /**
   * @param patience for each answer of the issuer, from the connection to its last byte
   */
  IssuerKeys(
      String issuer,
      @Nullable String address,
      ObjectMapper json,
      LongSupplier nanos,
      Duration patience) {
    this.issuer = issuer;
    this.address = address;
    this.json = json;
    this.nanos = nanos;
    this.patience = patience;
  }

  /** Keys; waits for them where none is known, or none of them has this id. */
  List<JsonWebKey> keys(@Nullable String id) throws IOException, InterruptedException {
    List<JsonWebKey> known = keys;
    boolean missing = known == null || !has(known, id);
    CompletableFuture<List<JsonWebKey>> fresh =
        refresh(known == null ? 0 : missing ? SHORTEST : FRESH);
    if (known != null && (!missing || fresh == null)) {
      return known;
    }
    try {
      return fresh == null ? List.of() : fresh.get();
    } catch (ExecutionException e) {
      if (known != null) {
        return known;
      }
      throw new IOException("The issuer's keys cannot be read: " + e.getCause(), e);
    }
  }

  private static boolean has(List<JsonWebKey> keys, @Nullable String id) {
    return id == null || keys.stream().anyMatch(each -> id.equals(each.getKeyId()));
  }

  /** What is being read, by this call or another; null when they were asked for too lately. */
  private synchronized @Nullable CompletableFuture<List<JsonWebKey>> refresh(long youngest) {
    if (reading != null) {
      return reading;
    }
    if (keys != null && nanos.getAsLong() - asked <= youngest) {
      return null;
    }
    CompletableFuture<List<JsonWebKey>> begun = read();
    reading = begun;
    return begun.whenComplete(this::note);
  }

  private synchronized void note(@Nullable List<JsonWebKey> fresh, @Nullable Throwable failure) {
    asked = nanos.getAsLong();
    reading = null;
    if (fresh != null) {
      keys = fresh;
    } else if (keys != null) {
      LOG.warnf("The issuer's keys cannot be read, those that are known go on: %s", failure);
    }
  }

  private CompletableFuture<List<JsonWebKey>> read() {
    return (address == null ? discover() : CompletableFuture.completedFuture(address))
        .thenCompose(this::get)
        .thenApply(IssuerKeys::parsed);
  }

  private CompletableFuture<String> discover() {
    String base = issuer.endsWith("/") ? issuer : issuer + "/";
    return get(base + ".well-known/openid-configuration")
        .thenApply(
            document -> {
              try {
                return json.readTree(document).path("jwks_uri").asText();
              } catch (JsonProcessingException e) {
                throw new CompletionException(e);
              }
            });
  }

  private static List<JsonWebKey> parsed(String text) {
    try {
      return new JsonWebKeySet(text).getJsonWebKeys();
    } catch (JoseException e) {
      throw new CompletionException(e);
    }
  }

  private CompletableFuture<String> get(String from) {
    CompletableFuture<HttpResponse<String>> exchange =
        client()
            .sendAsync(
                HttpRequest.newBuilder(URI.create(from)).build(),
                BodyHandlers.limiting(BodyHandlers.ofString(), MOST_BYTES));
    return exchange
        .copy()
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                exchange.cancel(true);
              }
            })
        .thenApply(
            answer -> {
              if (answer.statusCode() != 200) {
                throw new CompletionException(
                    new IOException(from + " answers " + answer.statusCode()));
              }
              return answer.body();
            });
  }

  private synchronized HttpClient client() {
    HttpClient made = client;
    if (made == null) {
      made = HttpClient.newBuilder().connectTimeout(patience).build();
      client = made;
    }
    return made;
  }
}
