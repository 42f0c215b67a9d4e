package com.sutazai.security;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.ModelServer;
import com.sutazai.testing.RawConnection;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts that mean something elsewhere mean nothing here. Each test names its weakness (CWE). Others
 * stand where their code is: 918 in {@code PullsTest}, {@code OutsideTest}, {@code CallbacksTest}
 * and {@code MediaLinksTest}, 444 in {@code RawRequestsIT}, 770 in {@code RequestLimitTest}, 942 in
 * {@code BrowserTest}, 117 in {@code OneLineTest}, 203 in {@code HiddenThingsTest}.
 */
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class HardeningTest {
  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI address;

  @BeforeEach
  void modelServerIsWell() {
    ModelServer.fake().reset();
  }

  private static Response agent(String name) {
    return given()
        .contentType(ContentType.JSON)
        .body(new JsonObject().put("name", name).put("type", "worker").encode())
        .post("/api/agents");
  }

  /** CWE-89: what is text in a request is text in a statement. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "' OR '1'='1",
        "'; DROP TABLE tasks; --",
        "\\'; DELETE FROM agents; --",
        "$1",
        "$$; SELECT pg_sleep(60); $$",
        "E'\\x41'",
        "%' UNION SELECT null --"
      })
  void sql_in_a_text_is_text(String text) {
    // Given
    String name = text + " " + UUID.randomUUID();

    // When
    String id = agent(name).then().statusCode(201).extract().path("id");

    // Then
    String read = given().get("/api/agents/" + id).path("name");
    assertThat(read).isEqualTo(name);
    for (String list :
        new String[] {"/api/agents?q=", "/api/tasks?type=", "/api/documents/search?q="}) {
      assertThat(given().urlEncodingEnabled(true).get(list + "{text}", text).statusCode())
          .isIn(200, 400, 422);
    }
    assertThat(given().get("/api/tasks").statusCode()).isEqualTo(200);
  }

  /** CWE-89: signs that stand for any text in a pattern stand for themselves. */
  @ParameterizedTest
  @ValueSource(strings = {"%", "_", "\\"})
  void a_sign_of_patterns_is_searched_for_as_it_is(String sign) {
    // Given
    String unique = UUID.randomUUID().toString();
    agent("plain-" + unique).then().statusCode(201);

    // When
    int found =
        given()
            .get("/api/agents?q={text}", "plain" + sign + unique)
            .then()
            .extract()
            .path("items.size()");

    // Then
    assertThat(found).isZero();
  }

  /** CWE-209: a refusal repeats nothing of a body, which may hold a prompt. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"swordfish\"",
        "swordfish",
        "{\"prompt\":\"swordfish",
        "{\"prompt\":[\"swordfish\"]}",
        "{\"prompt\":\"a\",\"stream\":\"swordfish\"}",
        "{\"prompt\":\"a\",\"options\":\"swordfish\"}"
      })
  void a_refusal_repeats_nothing_of_the_body(String body) {
    // When
    Response answer = given().contentType(ContentType.JSON).body(body).post("/generate");

    // Then
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.asString()).doesNotContain("swordfish");
  }

  static Stream<Arguments> costlyJson() {
    return Stream.of(
        Arguments.of("max-depth", "[".repeat(201) + "]".repeat(201)),
        Arguments.of("max-number-length", "1".repeat(1001)),
        Arguments.of("max-number-length", "0." + "1".repeat(1001)),
        Arguments.of("max-name-length", "{\"" + "n".repeat(1001) + "\":1}"));
  }

  /** CWE-400, CWE-674: a short text cannot cost much, and the setting that says so is named. */
  @ParameterizedTest
  @MethodSource("costlyJson")
  void json_past_a_limit_is_refused(String setting, String value) {
    // When
    Response answer =
        given()
            .contentType(ContentType.JSON)
            .body("{\"type\":\"noop\",\"payload\":{\"a\":" + value + "}}")
            .post("/api/tasks");

    // Then
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.<String>path("code")).isEqualTo("invalid_json");
    assertThat(answer.<String>path("detail")).contains("sutazai.json." + setting);
  }

  /** CWE-22: a name that looks like a path leads to no file. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../../etc/passwd",
        "..\\..\\etc\\passwd",
        "/etc/passwd",
        "file:///etc/passwd",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "..\u2215..\u2215etc\u2215passwd",
        "\uFF0E\uFF0E/\uFF0E\uFF0E/etc/passwd"
      })
  void a_path_in_a_name_leads_to_no_file(String path) {
    for (String route :
        new String[] {
          "/api/agents/{name}",
          "/api/tasks/{name}",
          "/api/documents/{name}",
          "/v1/files/{name}/content",
          "/v1/models/{name}",
          "/q/swagger-ui/{name}"
        }) {
      Response answer = given().get(route, path);
      assertThat(answer.statusCode()).as(route).isBetween(400, 404);
      assertThat(answer.asString()).doesNotContain("root:");
    }
    Response generated =
        given()
            .contentType(ContentType.JSON)
            .body(new JsonObject().put("prompt", "hi").put("model", path).encode())
            .post("/generate");
    assertThat(generated.asString()).doesNotContain("root:");
  }

  /** CWE-113: what a caller says ends no header field of the answer. */
  @Test
  void a_line_break_in_a_text_adds_no_header() throws Exception {
    // Given
    String evil = "a\r\nSet-Cookie: stolen=1\r\n";

    // When
    Response made = agent(evil + UUID.randomUUID());
    Response asked = given().get("/api/tasks/{id}", evil);
    RawConnection.Answer named =
        RawConnection.to(address)
            .send("GET /health HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: a\u0085b<>\r\n\r\n")
            .answer()
            .orElseThrow();

    // Then
    assertThat(made.header("Set-Cookie")).isNull();
    assertThat(asked.header("Set-Cookie")).isNull();
    assertThat(named.headers().get("x-request-id")).matches("[\\w-]{36}");
  }

  /** CWE-1007, CWE-176: what only looks like a name is another name. */
  @Test
  void letters_that_look_alike_are_different() {
    // Given
    String unique = UUID.randomUUID().toString();
    agent("admin-" + unique).then().statusCode(201);

    // When
    Response cyrillic = agent("\u0430dmin-" + unique);
    Response wide = agent("\uFF41dmin-" + unique);
    int found =
        given()
            .get("/api/agents?q={text}", "\u0430dmin-" + unique)
            .then()
            .extract()
            .path("items.size()");

    // Then
    cyrillic.then().statusCode(201);
    wide.then().statusCode(201);
    assertThat(found).isOne();
  }

  /** CWE-1007: nor is a host that looks like this one, which open mode answers, this one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost.evil.test",
        "127.0.0.1.evil.test",
        "localhost@evil.test",
        "127.1",
        "0x7f000001",
        "2130706433",
        "\u00B2localhost",
        "xn--oclhst-7ve2s"
      })
  void a_host_that_looks_like_this_one_is_refused(String host) throws Exception {
    // When
    RawConnection.Answer answer =
        RawConnection.to(address)
            .send("GET /api/agents HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
            .answer()
            .orElseThrow();

    // Then
    assertThat(answer.status()).isIn(400, 403);
  }
}
