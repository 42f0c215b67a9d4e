package com.sutazai.graph;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.Test;

/** The graph as the tables have it. */
@QuarkusTest
class AgentGraphTest extends AgentGraphContract {
  @Override
  RequestSpecification given() {
    return RestAssured.given();
  }

  @Override
  void awaitCopied() {
    // the tables have it with the commit
  }

  @Override
  String store() {
    return "postgresql";
  }

  @Test
  void without_a_copy_there_is_nothing_to_rebuild() {
    given()
        .post("/api/admin/graph-rebuild")
        .then()
        .statusCode(409)
        .body("code", equalTo("wrong_state"))
        .body("detail", containsString("NEO4J_URL"));
  }
}
