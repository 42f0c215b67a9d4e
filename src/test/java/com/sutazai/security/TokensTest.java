package com.sutazai.security;

import static com.sutazai.security.ClosedMode.with;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(ClosedMode.class)
class TokensTest {
  private final String issuer;

  TokensTest(@ConfigProperty(name = "sutazai.security.issuer") String issuer) {
    this.issuer = issuer;
  }

  private Map<String, Object> claims(Object... others) {
    Map<String, Object> claims = new HashMap<>();
    claims.put("iss", issuer);
    claims.put("sub", "token-owner");
    claims.put("scope", "tasks:read unknown");
    claims.put("exp", Instant.now().plusSeconds(600).getEpochSecond());
    for (int i = 0; i < others.length; i += 2) {
      claims.put((String) others[i], others[i + 1]);
    }
    return claims;
  }

  private String signed(String how, Map<String, Object> claims) {
    return given()
        .baseUri(issuer)
        .port(java.net.URI.create(issuer).getPort())
        .contentType("application/json")
        .body(claims)
        .post(how)
        .asString();
  }

  @Test
  void a_token_opens_what_its_scopes_name() {
    // Given
    String token = signed("/sign", claims());

    // When, then
    for (int i = 0; i < 2; i++) {
      with(token).get("/api/tasks").then().statusCode(200);
      with(token).get("/api/agents").then().statusCode(403);
    }
    with(token)
        .get("/api/auth/me")
        .then()
        .body("owner", equalTo("token-owner"))
        .body("scopes", contains("tasks:read"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 40})
  void many_requests_at_once_with_tokens_that_are_not_known_yet_are_served(int tokens)
      throws Exception {
    // Given
    List<String> signed = new ArrayList<>();
    for (int i = 0; i < tokens; i++) {
      signed.add(signed("/sign", claims("sub", "crowd-" + tokens, "jti", String.valueOf(i))));
    }

    // When
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < 40; i++) {
        answers.add(
            client.sendAsync(
                HttpRequest.newBuilder(
                        URI.create("http://localhost:" + RestAssured.port + "/api/tasks"))
                    .header("Authorization", "Bearer " + signed.get(i % tokens))
                    .build(),
                HttpResponse.BodyHandlers.ofString()));
      }
      CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
    }

    // Then
    assertThat(answers).extracting(each -> each.join().statusCode()).containsOnly(200);
  }

  @Test
  void groups_may_name_roles() {
    // Given
    String token = signed("/sign", claims("groups", new String[] {"viewer", "staff"}));

    // When, then
    with(token).get("/api/agents").then().statusCode(200);
  }

  @ParameterizedTest
  @CsvSource({"sub,local", "sub,system", "sub,' '", "iss,http://elsewhere", "exp,1000"})
  void a_token_that_says_something_wrong_is_refused(String claim, String value) {
    // Given
    Object said = claim.equals("exp") ? Long.valueOf(value) : value;

    // When, then
    with(signed("/sign", claims(claim, said))).get("/api/tasks").then().statusCode(401);
  }

  @Test
  void a_token_that_somebody_else_signed_is_refused() {
    with(signed("/forge", claims())).get("/api/tasks").then().statusCode(401);
  }

  @Test
  void a_token_without_a_signature_is_refused() {
    // Given
    String[] parts = signed("/sign", claims()).split("\\.");
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String none =
        base64.encodeToString(
            "{\"alg\":\"none\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));

    // When, then
    with(none + "." + parts[1] + ".").get("/api/tasks").then().statusCode(401);
    with(none + "." + parts[1] + "." + parts[2]).get("/api/tasks").then().statusCode(401);
  }

  /** Whoever makes these up is no reason to say that the issuer cannot be asked. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"alg\":\"ES256\",\"kid\":5}",
        "{\"alg\":7,\"kid\":\"first\"}",
        "{\"alg\":\"ES256\",\"kid\":\"first\",\"x5t\":[]}",
        "{\"alg\":\"ES256\",\"kid\":\"first\",\"crit\":\"b64\"}",
        "[]",
        "no object"
      })
  void a_token_with_an_odd_header_is_refused(String header) {
    // Given
    String[] parts = signed("/sign", claims()).split("\\.");
    String odd =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(header.getBytes(java.nio.charset.StandardCharsets.UTF_8));

    // When, then
    with(odd + "." + parts[1] + "." + parts[2]).get("/api/tasks").then().statusCode(401);
  }
}
