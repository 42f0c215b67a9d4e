package com.sutazai.security;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.util.Map;

/** A program that asks for credentials: an administrator's key, keys, sessions, and tokens. */
public class ClosedMode implements QuarkusTestProfile {
  /** Here a model server that says nothing for a while is no reason to end anything. */
  private static final String PATIENCE = "60s";

  static final String ADMIN_KEY = "0123456789abcdef0123456789abcdef";

  /** An address of this machine that is one of a trusted proxy. */
  static final String PROXY = "127.0.0.2";

  @Override
  public Map<String, String> getConfigOverrides() {
    return Map.of(
        "sutazai.admin-key",
        ADMIN_KEY,
        "sutazai.security.issuer",
        Issuer.start(),
        "sutazai.http.trusted-proxies",
        PROXY,
        "sutazai.boot.data-dir",
        "target/test-data-closed",
        "sutazai.inference.first-byte-timeout",
        PATIENCE,
        "sutazai.inference.token-timeout",
        PATIENCE);
  }

  /** The waits for wrong passwords, of which the first is a second, end after an hour. */
  static void letWaitsLast(Database database) {
    database.update(
        Statement.of(
            "test.let_waits_last", "UPDATE login_tries SET last_at = last_at + interval '1 hour'"));
  }

  /** A request with that key. */
  public static RequestSpecification with(String key) {
    return RestAssured.given().header("Authorization", "Bearer " + key);
  }

  /** A request of the administrator. */
  public static RequestSpecification admin() {
    return with(ADMIN_KEY);
  }

  /** A new key of that owner. */
  static String key(String owner, String... scopes) {
    return key(Map.of("name", "test", "owner", owner, "scopes", scopes));
  }

  /** A new key as that says. */
  public static String key(Map<String, ?> wanted) {
    return newKey(wanted).getString("key");
  }

  /** The same with all that is told of it. */
  public static JsonPath newKey(Map<String, ?> wanted) {
    return admin()
        .contentType("application/json")
        .body(wanted)
        .post("/api/keys")
        .then()
        .statusCode(201)
        .extract()
        .jsonPath();
  }
}
