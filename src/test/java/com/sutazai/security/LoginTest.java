package com.sutazai.security;

import static com.sutazai.security.ClosedMode.admin;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@TestProfile(ClosedMode.class)
class LoginTest {
  private static final String COOKIE = "sutazai_session";
  private static final String PASSWORD = "correct horse battery";

  private final Database database;
  private final String email = "ann-" + UUID.randomUUID() + "@example.com";

  LoginTest(Database database) {
    this.database = database;
  }

  /** Those of earlier runs count on for half an hour. */
  @BeforeEach
  void nobodyTriedYet() {
    database.update(Statement.of("test.login_tries", "DELETE FROM login_tries"));
  }

  private String make(String role) {
    return admin()
        .contentType("application/json")
        .body(
            Map.of(
                "email", email, "password", PASSWORD, "owner", "ann", "roles", new String[] {role}))
        .post("/api/users")
        .then()
        .statusCode(201)
        .extract()
        .path("id");
  }

  private static Response login(String email, String password) {
    return given()
        .contentType("application/json")
        .body(Map.of("email", email, "password", password))
        .post("/api/auth/login");
  }

  private String session() {
    return login(email, PASSWORD).then().statusCode(204).extract().cookie(COOKIE);
  }

  private static RequestSpecification page(String session) {
    return given()
        .cookie(COOKIE, session)
        .header("Host", "localhost:" + RestAssured.port)
        .header("Origin", "http://localhost:" + RestAssured.port);
  }

  @Test
  void a_session_is_in_a_cookie_that_no_script_and_no_other_site_can_use() {
    // Given
    make("user");

    // When
    Response answer = login(email.toUpperCase(java.util.Locale.ROOT), PASSWORD);

    // Then
    assertThat(answer.header("Set-Cookie"))
        .contains("HttpOnly")
        .contains("SameSite=Strict")
        .contains("Path=/")
        .doesNotContain("Secure");
    page(answer.cookie(COOKIE))
        .get("/api/auth/me")
        .then()
        .statusCode(200)
        .body("owner", equalTo("ann"))
        .body("scopes", hasItem("tasks:write"))
        .body("scopes", not(hasItem("admin")));
  }

  @Test
  void a_session_changes_things_for_pages_of_this_server_alone() {
    // Given
    make("user");
    String session = session();
    String body = "{\"type\":\"noop\"}";

    // When, then
    page(session)
        .contentType("application/json")
        .body(body)
        .post("/api/tasks")
        .then()
        .statusCode(202);
    given()
        .cookie(COOKIE, session)
        .contentType("application/json")
        .body(body)
        .post("/api/tasks")
        .then()
        .statusCode(403)
        .body("detail", containsString("Origin"));
    given()
        .cookie(COOKIE, session)
        .header("Origin", "http://evil.example")
        .get("/api/tasks")
        .then()
        .statusCode(403);
    given().cookie(COOKIE, session).get("/api/tasks").then().statusCode(200);
  }

  @Test
  void a_session_is_no_key() {
    make("user");
    ClosedMode.with(session()).get("/api/tasks").then().statusCode(401);
  }

  @Test
  void logging_out_ends_the_session() {
    // Given
    make("user");
    String session = session();
    page(session).get("/api/tasks").then().statusCode(200);

    // When
    page(session).post("/api/auth/logout").then().statusCode(204);

    // Then
    page(session).get("/api/tasks").then().statusCode(401);
  }

  @ParameterizedTest
  @CsvSource({"password", "removal"})
  void sessions_end_with_the_password_and_with_the_user(String how) {
    // Given
    String id = make("viewer");
    String session = session();
    page(session).get("/api/tasks").then().statusCode(200);

    // When
    if (how.equals("password")) {
      admin()
          .contentType("application/json")
          .body(Map.of("password", "another long one"))
          .put("/api/users/" + id + "/password")
          .then()
          .statusCode(204);
    } else {
      admin().delete("/api/users/" + id).then().statusCode(204);
    }

    // Then
    page(session).get("/api/tasks").then().statusCode(401);
    login(email, PASSWORD).then().statusCode(401);
  }

  @Test
  void wrong_passwords_and_unknown_addresses_are_told_alike() {
    // Given
    make("user");

    // When
    Response wrong = login(email, "wrong password");
    Response unknown = login("nobody-" + email, "wrong password");

    // Then
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(unknown.statusCode()).isEqualTo(401);
    assertThat(unknown.<String>path("detail")).isEqualTo(wrong.path("detail"));
  }

  @Test
  void guessing_has_to_wait() {
    // Given
    make("user");
    for (int i = 0; i < 5; i++) {
      login(email, "wrong password").then().statusCode(401);
    }
    ClosedMode.letWaitsLast(database);

    // When, then
    login(email, PASSWORD)
        .then()
        .statusCode(429)
        .header("Retry-After", notNullValue())
        .body("code", equalTo("too_many_attempts"));
  }

  @ParameterizedTest
  @CsvSource({"email,nonsense", "password,short", "roles,king", "owner,system"})
  void a_user_that_breaks_a_rule_is_refused(String field, String value) {
    // Given
    var body = new java.util.HashMap<String, Object>(Map.of("email", email, "password", PASSWORD));
    body.put(field, field.equals("roles") ? new String[] {value} : value);

    // When, then
    admin()
        .contentType("application/json")
        .body(body)
        .post("/api/users")
        .then()
        .statusCode(400)
        .body("field", equalTo(field));
  }

  @Test
  void an_address_is_taken_once() {
    make("user");
    admin()
        .contentType("application/json")
        .body(Map.of("email", email, "password", PASSWORD))
        .post("/api/users")
        .then()
        .statusCode(409);
  }
}
