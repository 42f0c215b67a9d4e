package com.sutazai.gateway.batch;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.gateway.batch.BatchCalls.Reply;
import com.sutazai.platform.caller.Caller;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class DoorCallsTest {
  private final FakeModelServer fake = ModelServer.fake();
  private final BatchCalls calls;
  private final ObjectMapper json;

  DoorCallsTest(BatchCalls calls, ObjectMapper json) {
    this.calls = calls;
    this.json = json;
  }

  @Test
  void a_line_that_was_asked_before_is_answered_without_the_model() throws Exception {
    // Given
    fake.reset();
    given().get("/api/models").then().statusCode(200); // the servers' lists are read anew
    ObjectNode body = json.createObjectNode().put("model", "tinyllama").put("seed", 7);
    body.put("prompt", "line " + UUID.randomUUID());
    Caller owner = new Caller(UUID.randomUUID(), "owner", false);
    Reply first = calls.call(owner, "/v1/completions", body);

    // When
    Reply second = calls.call(owner, "/v1/completions", body);

    // Then
    assertThat(second).isEqualTo(first);
    assertThat(fake.requests()).hasSize(1);
  }
}
