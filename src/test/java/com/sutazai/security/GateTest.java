package com.sutazai.security;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import com.sutazai.testing.RawConnection;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class GateTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Host|evil.example|SUTAZAI_HTTP_ALLOWED_HOSTS",
        "Origin|http://evil.example|other origins",
        "Origin|null|other origins",
        "Sec-Fetch-Site|cross-site|Cross-site",
        "X-Forwarded-For|10.1.2.3|proxy",
        "Forwarded|for=10.1.2.3|proxy",
      })
  void open_mode_refuses_what_is_not_local(String header, String value, String reason) {
    given()
        .header(header, value)
        .get("/api/tasks")
        .then()
        .statusCode(403)
        .contentType("application/problem+json")
        .body("detail", containsString(reason));
  }

  @Test
  void its_own_origin_is_let_in() {
    given()
        .header("Origin", "http://localhost:" + RestAssured.port)
        .header("Host", "localhost:" + RestAssured.port)
        .get("/api/tasks")
        .then()
        .statusCode(200);
  }

  @Test
  void every_answer_carries_a_request_id() {
    given().get("/health").then().header("X-Request-Id", matchesPattern("[0-9a-f-]{36}"));
    given()
        .header("X-Request-Id", "mine-1")
        .get("/nowhere")
        .then()
        .header("X-Request-Id", equalTo("mine-1"));
    given()
        .header("X-Request-Id", "not usable!")
        .get("/health")
        .then()
        .header("X-Request-Id", matchesPattern("[0-9a-f-]{36}"));
  }

  @Test
  void a_body_past_the_limit_is_refused_by_its_declared_length() {
    given()
        .contentType("application/json")
        .body("{\"name\":\"" + "n".repeat(2 << 20) + "\"}")
        .post("/api/agents")
        .then()
        .statusCode(413)
        .body("code", equalTo("payload_too_large"))
        .body("detail", containsString("sutazai.http.max-body"));
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void a_body_of_unknown_length_past_the_limit_is_refused_while_it_is_read(
      HttpClient.Version version) throws Exception {
    // Given
    String body = "{\"name\":\"" + "n".repeat(2 << 20) + "\"}";

    // When
    HttpResponse<String> answer = post(version, body);

    // Then
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("sutazai.http.max-body");
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void a_body_of_unknown_length_within_the_limit_is_read(HttpClient.Version version)
      throws Exception {
    // Given
    String body = "{\"nonsense\":\"" + "n".repeat(1 << 19) + "\"}";

    // When
    HttpResponse<String> answer = post(version, body);

    // Then
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("nonsense is not a known field");
  }

  private static HttpResponse<String> post(HttpClient.Version version, String body)
      throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(version).build()) {
      var unknownLength =
          HttpRequest.BodyPublishers.ofInputStream(
              () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + "/api/agents"))
              .header("Content-Type", "application/json")
              .POST(unknownLength)
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  /** Nineteen digits are a number still, and the longest that a client library would take. */
  @ParameterizedTest
  @ValueSource(
      strings = {"1000000000000000000", "9223372036854775807", "00000000000000000000002097152"})
  void a_body_whose_length_has_many_digits_is_bounded_too(String length) throws Exception {
    try (RawConnection connection = RawConnection.to(URI.create(address("/")))) {
      // When
      connection.send(
          "POST /api/agents HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
              + length
              + "\r\n\r\n{\"name\":");

      // Then
      assertThat(connection.answer().orElseThrow().status()).isEqualTo(413);
    }
  }

  private static String address(String path) {
    return "http://localhost:" + RestAssured.port + path;
  }

  @Test
  void a_long_body_is_refused_over_http_2_too_and_the_connection_goes_on() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      // Given: without a body, so that the connection speaks HTTP/2 from then on
      URI health = URI.create(address("/health"));
      client.send(HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.ofString());

      // When
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(address("/api/agents")))
                  .header("Content-Type", "application/json")
                  .header("Sec-Fetch-Site", "cross-site")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[2 << 20]))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      // Then
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.headers().firstValue("Connection")).isEmpty();
    }
  }

  @Test
  void http_2_is_answered() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + "/health"))
              .build();
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.statusCode()).isEqualTo(200);
    }
  }
}
