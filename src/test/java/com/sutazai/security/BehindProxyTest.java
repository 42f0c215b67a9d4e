package com.sutazai.security;

import static com.sutazai.security.ClosedMode.admin;
import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CWE-348: proxies that are listed are believed, and nobody else. */
@QuarkusTest
@TestProfile(ClosedMode.class)
class BehindProxyTest {
  private static final String PASSWORD = "correct horse battery";
  private static final String STRANGER = "127.0.0.1";
  private static final String CALLER = "203.0.113.7";

  private final Database database;
  private final String email = "ann-" + UUID.randomUUID() + "@example.com";

  BehindProxyTest(Database database) {
    this.database = database;
  }

  @BeforeEach
  void nobodyTriedYet() {
    database.update(Statement.of("test.login_tries", "DELETE FROM login_tries"));
  }

  private void makeUser() {
    admin()
        .contentType("application/json")
        .body(Map.of("email", email, "password", PASSWORD, "roles", new String[] {"user"}))
        .post("/api/users")
        .then()
        .statusCode(201);
  }

  /** A login that comes from an address of this machine, which says that it speaks for others. */
  private HttpResponse<String> login(String from, String callers, String password)
      throws Exception {
    var request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + RestAssured.port + "/api/auth/login"))
            .header("Content-Type", "application/json")
            .header("X-Forwarded-For", callers)
            .header("X-Forwarded-Proto", "https")
            .header("Forwarded", "for=198.51.100.99;proto=https")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"email\":\"" + email + "\",\"password\":\"" + password + "\"}"))
            .build();
    try (var client = HttpClient.newBuilder().localAddress(InetAddress.ofLiteral(from)).build()) {
      return client.send(request, BodyHandlers.ofString());
    }
  }

  private static String addressOfLastLogin() {
    return admin().get("/api/audit?action=user.login&limit=1").path("items[0].address");
  }

  private static String cookie(HttpResponse<String> answer) {
    return answer.headers().firstValue("Set-Cookie").orElseThrow();
  }

  private static boolean isStrict(HttpResponse<String> answer) {
    return answer.headers().firstValue("Strict-Transport-Security").isPresent();
  }

  @Test
  void a_session_behind_a_trusted_proxy_is_for_tls_and_has_the_callers_address() throws Exception {
    // Given
    makeUser();

    // When
    var answer = login(ClosedMode.PROXY, "198.51.100.1, " + CALLER, PASSWORD);

    // Then
    assertThat(cookie(answer)).contains("Secure");
    assertThat(isStrict(answer)).isTrue();
    assertThat(addressOfLastLogin()).isEqualTo(CALLER);
  }

  @Test
  void nobody_else_speaks_for_others() throws Exception {
    // Given
    makeUser();

    // When
    var answer = login(STRANGER, CALLER, PASSWORD);

    // Then
    assertThat(cookie(answer)).doesNotContain("Secure");
    assertThat(isStrict(answer)).isFalse();
    assertThat(addressOfLastLogin()).isEqualTo(STRANGER);
  }

  @Test
  void callers_of_a_proxy_wait_for_their_own_guesses_whatever_they_say_of_themselves()
      throws Exception {
    // Given
    makeUser();
    for (int i = 0; i < 5; i++) {
      login(ClosedMode.PROXY, "198.51.100." + i + ", " + CALLER, "wrong password");
    }
    ClosedMode.letWaitsLast(database);

    // When, then
    assertThat(login(ClosedMode.PROXY, "198.51.100.9, " + CALLER, PASSWORD).statusCode())
        .isEqualTo(429);
    assertThat(login(ClosedMode.PROXY, CALLER + ", 203.0.113.8", PASSWORD).statusCode())
        .isEqualTo(204);
  }
}
