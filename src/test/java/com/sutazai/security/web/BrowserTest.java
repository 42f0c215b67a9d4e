package com.sutazai.security.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import com.sutazai.testing.Slow;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What browsers are told, with credentials asked for and one origin listed. */
@Slow
@QuarkusTest
@TestProfile(BrowserTest.OneOrigin.class)
class BrowserTest {
  private static final String KEY = "a-key-that-only-tests-have";
  private static final String LISTED = "https://app.example.org";

  public static class OneOrigin implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "sutazai.admin-key",
          KEY,
          "sutazai.http.cors-origins",
          LISTED,
          "sutazai.http.allowed-hosts",
          "api.example.org",
          "sutazai.boot.data-dir",
          "target/test-data-browser");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/health", "/api/agents", "/no/such", "/metrics", "/q/openapi", "/a//b", "/"})
  void every_answer_tells_browsers_what_they_may_not_do(String path) {
    for (String credentials : new String[] {"Bearer " + KEY, "Bearer wrong"}) {
      // When
      Response answer = given().header("Authorization", credentials).get(path);

      // Then
      answer
          .then()
          .header("X-Content-Type-Options", "nosniff")
          .header("Referrer-Policy", "no-referrer")
          .header("Cross-Origin-Resource-Policy", "same-origin")
          .header("Content-Security-Policy", containsString("default-src 'self'"))
          .header("Content-Security-Policy", containsString("frame-ancestors 'none'"))
          .header("Strict-Transport-Security", nullValue())
          .header("Access-Control-Allow-Origin", nullValue());
    }
  }

  @Test
  void the_page_of_the_api_may_run_its_own_scripts_alone() {
    // When
    Response page =
        given().header("Authorization", "Bearer " + KEY).get("/q/swagger-ui/index.html");

    // Then
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.header("Content-Security-Policy"))
        .contains("script-src 'self' 'unsafe-inline'", "default-src 'self'");
    assertThat(page.asString()).doesNotContain("src=\"http", "href=\"http");
  }

  @Test
  void a_listed_origin_may_ask_first_and_read_the_answer() {
    given()
        .header("Origin", LISTED)
        .header("Access-Control-Request-Method", "POST")
        .options("/api/tasks")
        .then()
        .statusCode(204)
        .header("Access-Control-Allow-Origin", LISTED)
        .header("Access-Control-Allow-Headers", containsString("Authorization"))
        .header("Access-Control-Allow-Credentials", nullValue())
        .header("Vary", "Origin");
    given()
        .header("Origin", LISTED)
        .header("Authorization", "Bearer " + KEY)
        .get("/api/agents")
        .then()
        .statusCode(200)
        .header("Access-Control-Allow-Origin", equalTo(LISTED))
        .header("Access-Control-Expose-Headers", containsString("X-Request-Id"));
  }

  @Test
  void a_client_library_of_a_listed_origin_may_send_fields_of_its_own() {
    given()
        .header("Origin", LISTED)
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "authorization,x-stainless-lang")
        .options("/v1/chat/completions")
        .then()
        .statusCode(204)
        .header("Access-Control-Allow-Headers", "authorization,x-stainless-lang")
        .header("Access-Control-Expose-Headers", containsString("x-ratelimit-remaining-tokens"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-a,,x-b", "x-a;x-b", "*", "x a", ""})
  void names_of_fields_that_are_none_are_not_allowed(String names) {
    given()
        .header("Origin", LISTED)
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", names)
        .options("/api/tasks")
        .then()
        .statusCode(204)
        .header("Access-Control-Allow-Headers", containsString("Idempotency-Key"));
  }

  @Test
  void hosts_that_are_not_listed_are_not_answered() {
    for (String host : new String[] {"api.example.org", "API.example.org:8443", "localhost"}) {
      given()
          .header("Authorization", "Bearer " + KEY)
          .header("Host", host)
          .get("/api/agents")
          .then()
          .statusCode(200);
    }
    given()
        .header("Authorization", "Bearer " + KEY)
        .header("Host", "evil.example.org")
        .get("/api/agents")
        .then()
        .statusCode(403);
    given().header("Host", "10.0.0.7").get("/health").then().statusCode(200);
  }

  @Test
  void a_listed_origin_still_needs_a_key() {
    given().header("Origin", LISTED).get("/api/agents").then().statusCode(401);
  }

  /** CWE-942: nothing that resembles a listed origin is one, and no origin at all is not either. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://app.example.org.evil.test",
        "https://evil.test/https://app.example.org",
        "http://app.example.org",
        "https://APP.example.org",
        "https://app.example.org:8443",
        "null",
        "*"
      })
  void another_origin_is_told_nothing(String origin) {
    given()
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "POST")
        .options("/api/tasks")
        .then()
        .statusCode(401)
        .header("Access-Control-Allow-Origin", nullValue());
    given()
        .header("Origin", origin)
        .header("Authorization", "Bearer " + KEY)
        .get("/api/agents")
        .then()
        .header("Access-Control-Allow-Origin", nullValue());
  }
}
