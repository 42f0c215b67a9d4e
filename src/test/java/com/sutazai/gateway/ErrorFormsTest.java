package com.sutazai.gateway;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused before a route runs is told in the form of the door. */
@QuarkusTest
class ErrorFormsTest {
  @ParameterizedTest
  @CsvSource({
    "/v1/chat/completions, error.message, error.type, permission_error",
    "/v1/files, error.message, error.code, forbidden",
    "/api/chat, error, error, Cross-site requests are refused; set SUTAZAI_ADMIN_KEY.",
    "/generate, detail, code, forbidden"
  })
  void what_the_gate_refuses(String path, String text, String field, String value) {
    given()
        .header("Sec-Fetch-Site", "cross-site")
        .contentType("application/json")
        .body("{}")
        .post(path)
        .then()
        .statusCode(403)
        .body(text, containsString("Cross-site"))
        .body(field, equalTo(value));
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/completions, error.message, error.type, invalid_request_error, application/json",
    "/api/show, error, error, The body must have at most 1048576 bytes (sutazai.http.max-body)., application/json",
    "/generate, detail, code, payload_too_large, application/problem+json"
  })
  void what_is_too_long(String path, String text, String field, String value, String type) {
    given()
        .contentType("application/json")
        .body("{\"prompt\":\"" + "n".repeat(2 << 20) + "\"}")
        .post(path)
        .then()
        .statusCode(413)
        .contentType(type)
        .header("Connection", equalTo("close"))
        .body(text, containsString("sutazai.http.max-body"))
        .body(field, equalTo(value));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/nowhere, error.code, not_found",
    "DELETE, /v1/completions, error.code, method_not_allowed"
  })
  void what_no_route_takes(String method, String path, String field, String value) {
    given().request(method, path).then().body(field, equalTo(value));
  }
}
