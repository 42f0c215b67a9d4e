package com.sutazai.security.jwt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * The keys that an issuer publishes, read anew every ten minutes, and when a token names one that
 * is not among them, but not twice within thirty seconds. While they cannot be read, those that are
 * known go on.
 */
final class IssuerKeys {
  private static final long FRESH = Duration.ofMinutes(10).toNanos();
  private static final long SHORTEST = Duration.ofSeconds(30).toNanos();
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String issuer;
  private final @Nullable String address;
  private final ObjectMapper json;
  private @Nullable HttpClient client;
  private List<JsonWebKey> keys = List.of();
  private boolean known;
  private long asked;

  IssuerKeys(String issuer, @Nullable String address, ObjectMapper json) {
    this.issuer = issuer;
    this.address = address;
    this.json = json;
  }

  /** Keys, read anew where they are old, or none of them has this id. */
  synchronized List<JsonWebKey> keys(@Nullable String id) throws IOException, InterruptedException {
    long age = System.nanoTime() - asked;
    boolean missing =
        id != null && keys.stream().noneMatch(each -> id.equals(each.getKeyId())) && age > SHORTEST;
    if (!known || age > FRESH || missing) {
      try {
        keys = read();
        known = true;
      } catch (IOException e) {
        if (!known) {
          throw e;
        }
      } finally {
        asked = System.nanoTime();
      }
    }
    return keys;
  }

  private List<JsonWebKey> read() throws IOException, InterruptedException {
    String from = address;
    if (from == null) {
      String base = issuer.endsWith("/") ? issuer : issuer + "/";
      JsonNode document = json.readTree(get(base + ".well-known/openid-configuration"));
      from = document.path("jwks_uri").asText();
    }
    try {
      return new JsonWebKeySet(get(from)).getJsonWebKeys();
    } catch (JoseException e) {
      throw new IOException("The issuer's keys cannot be read: " + e.getMessage(), e);
    }
  }

  private String get(String from) throws IOException, InterruptedException {
    if (client == null) {
      client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    }
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(from)).timeout(PATIENCE).build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(from + " answers " + answer.statusCode());
    }
    return answer.body();
  }
}
