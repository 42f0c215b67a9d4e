package com.sutazai.security;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @Test
  void a_chunked_body_past_the_limit_is_refused_while_it_is_read() throws Exception {
    // Given
    try (Socket socket = new Socket("localhost", RestAssured.port)) {
      OutputStream out = socket.getOutputStream();
      InputStream in = socket.getInputStream();
      String head =
          "POST /api/agents HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
      out.write(head.getBytes(StandardCharsets.US_ASCII));

      // When
      byte[] chunk =
          ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
      try {
        for (int i = 0; i < 32; i++) {
          out.write(chunk);
        }
        out.flush();
      } catch (java.io.IOException closedEarly) {
        // the server need not read it all
      }

      // Then
      byte[] answer = in.readNBytes(12);
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
    }
  }
}
