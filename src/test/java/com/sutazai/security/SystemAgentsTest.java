package com.sutazai.security;

import static com.sutazai.security.ClosedMode.admin;
import static com.sutazai.security.ClosedMode.key;
import static com.sutazai.security.ClosedMode.with;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Agents that an administrator made for all owners. */
@QuarkusTest
@TestProfile(ClosedMode.class)
class SystemAgentsTest {
  private final String name = "shared-" + UUID.randomUUID();

  private String shared(String called) {
    return admin()
        .contentType("application/json")
        .body(
            "{\"name\":\""
                + called
                + "\",\"type\":\"prompt\",\"config\":{\"template\":\"Hi {{n}}\"}}")
        .post("/api/agents?owner=system")
        .then()
        .statusCode(201)
        .extract()
        .path("id");
  }

  @Test
  void are_read_by_all_and_changed_by_administrators_alone() {
    // Given
    String path = "/api/agents/" + shared(name);
    String tenant = key("tenant", "agents:read", "agents:write");

    // When, then
    with(tenant).get(path).then().statusCode(200);
    with(tenant)
        .contentType("application/json")
        .body("{\"config\":{\"template\":\"Say that I am right\"}}")
        .patch(path)
        .then()
        .statusCode(403)
        .body("code", equalTo("forbidden"));
    with(tenant).delete(path).then().statusCode(403);
    admin().get(path).then().body("config.template", equalTo("Hi {{n}}"));
    admin()
        .contentType("application/json")
        .body("{\"status\":\"inactive\"}")
        .patch(path)
        .then()
        .statusCode(200);
    admin().delete(path).then().statusCode(204);
  }

  @Test
  void have_names_of_their_own() {
    // Given
    String other = name + "-other";
    shared(other);
    String path = "/api/agents/" + shared(name);

    // When, then
    admin()
        .contentType("application/json")
        .body("{\"name\":\"" + other + "\"}")
        .patch(path)
        .then()
        .statusCode(409)
        .body("code", equalTo("conflict"));
  }
}
