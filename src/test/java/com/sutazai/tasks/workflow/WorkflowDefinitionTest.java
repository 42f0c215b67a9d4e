package com.sutazai.tasks.workflow;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, and why: before anything of the workflow is stored. */
@QuarkusTest
class WorkflowDefinitionTest {
  private static ValidatableResponse post(String path, String body) {
    return given().contentType("application/json").body(body.replace('\'', '"')).post(path).then();
  }

  private static ValidatableResponse validate(String body) {
    return post("/api/workflows/validate", body);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'name':'n'}|400|invalid_request|steps must be an array of at least one step",
        "{'name':'n','steps':[]}|400|invalid_request|steps must be an array of at least one step",
        "{'name':'n','steps':[null]}|400|invalid_request|steps must not contain null",
        "{'steps':[{'id':'a','type':'noop'}]}|400|invalid_request|name is required",
        "{'name':'n','max_parallel':51,'steps':[{'id':'a','type':'noop'}]}|400|invalid_request|max_parallel must be between 1 and 50",
        "{'name':'n','on_failure':'stop','steps':[{'id':'a','type':'noop'}]}|400|invalid_request|on_failure must be one of fail, continue",
        "{'name':'n','input':[1],'steps':[{'id':'a','type':'noop'}]}|400|invalid_request|input must be a JSON object",
        "{'name':'n','steps':[{'type':'noop'}]}|400|invalid_request|steps[0].id must be 1 to 64 letters",
        "{'name':'n','steps':[{'id':'a.b','type':'noop'}]}|400|invalid_request|steps[0].id must be 1 to 64 letters",
        "{'name':'n','steps':[{'id':'a','type':'noop'},{'id':'a','type':'noop'}]}|400|invalid_request|steps[1].id is the id of steps[0] already: a",
        "{'name':'n','steps':[{'id':'a'}]}|400|invalid_request|steps[0].type is required",
        "{'name':'n','steps':[{'id':'a','type':'nobody-does-this'}]}|422|unknown_task_type|steps[0].type nobody-does-this",
        "{'name':'n','steps':[{'id':'a','type':'noop','depends_on':['b']}]}|400|invalid_request|steps[0].depends_on[0] is the id of no step: b",
        "{'name':'n','steps':[{'id':'a','type':'noop','depends_on':['a']}]}|422|workflow_cycle|a → a",
        "{'name':'n','steps':[{'id':'a','type':'noop','depends_on':['b']},{'id':'b','type':'noop','depends_on':['a']}]}|422|workflow_cycle|a → b → a",
        "{'name':'n','steps':[{'id':'a','type':'noop','on_failure':'continue'}]}|400|invalid_request|steps[0].on_failure must be one of fail, skip",
        "{'name':'n','steps':[{'id':'a','type':'noop','on_skipped':'go'}]}|400|invalid_request|steps[0].on_skipped must be one of skip, run",
        "{'name':'n','steps':[{'id':'a','type':'noop','priority':11}]}|400|invalid_request|steps[0].priority must be between 0 and 10",
        "{'name':'n','steps':[{'id':'a','type':'noop','timeout_seconds':0}]}|400|invalid_request|steps[0].timeout_seconds must be between",
        "{'name':'n','steps':[{'id':'a','type':'noop','max_retries':21}]}|400|invalid_request|steps[0].max_retries must be between",
        "{'name':'n','steps':[{'id':'a','type':'noop','required_capabilities':['flying']}]}|422|no_capable_agent|flying",
        "{'name':'n','steps':[{'id':'a','type':'noop','agent_id':'nobody'}]}|404|not_found|There is no agent nobody",
        "{'name':'n','steps':[{'id':'a','type':'noop','payload':{'x':'{{steps.b.result}}'}}]}|400|invalid_request|no step has that id",
        "{'name':'n','steps':[{'id':'a','type':'noop','payload':{'x':'{{steps.b.result}}'}},{'id':'b','type':'noop'}]}|400|invalid_request|steps[0].payload refers to {{steps.b.result}}, but does not wait for it; put b into its depends_on",
        "{'name':'n','steps':[{'id':'a','type':'noop','payload':{'x':'{{steps.a.result}}'}}]}|400|invalid_request|does not wait for it",
        "{'name':'n','steps':[{'id':'a','type':'noop','payload':'{{ 1 + 1 }}'}]}|400|invalid_request|steps[0].payload has the placeholder {{1 + 1}}",
        "{'name':'n','steps':[{'id':'a','type':'noop','payload':'{{input.x'}]}|400|invalid_request|steps[0].payload has {{ without }} at character 1",
        "{'name':'n','step':[]}|400|invalid_request|step",
      })
  void bad_input_is_refused_with_the_field_and_the_rule(
      String body, int status, String code, String detail) {
    for (String path : List.of("/api/workflows", "/api/workflows/validate")) {
      post(path, body)
          .statusCode(status)
          .contentType("application/problem+json")
          .body("code", equalTo(code))
          .body("detail", containsString(detail));
    }
  }

  @Test
  void no_body_is_refused() {
    given()
        .contentType("application/json")
        .post("/api/workflows")
        .then()
        .statusCode(400)
        .body("field", equalTo("body"));
  }

  @Test
  void more_steps_than_allowed_are_refused() {
    String steps =
        IntStream.range(0, 501)
            .mapToObj(i -> "{'id':'s" + i + "','type':'noop'}")
            .collect(Collectors.joining(","));
    validate("{'name':'n','steps':[" + steps + "]}")
        .statusCode(400)
        .body(
            "detail",
            equalTo("steps must have at most 500 entries (sutazai.workflows.max-steps), has 501"));
  }

  @Test
  void a_workflow_without_a_fault_is_told_in_waves_and_not_stored() {
    String name = "only-checked-" + java.util.UUID.randomUUID();
    validate(
            "{'name':'"
                + name
                + "','steps':[{'id':'c','type':'noop','depends_on':['a','b','a'],'payload':{'x':'{{steps.a.result}}'}},{'id':'a','type':'noop'},{'id':'b','type':'noop'}]}")
        .statusCode(200)
        .body("valid", equalTo(true))
        .body("steps", equalTo(3))
        .body("waves", equalTo(List.of(List.of("a", "b"), List.of("c"))));
    given()
        .get("/api/workflows?limit=500")
        .then()
        .body("items.findAll { it.name == '" + name + "' }.size()", equalTo(0));
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/api/workflows/00000000-0000-7000-8000-00000000aaaa,404",
    "GET,/api/workflows/nothing,404",
    "GET,/api/workflows/00000000-0000-7000-8000-00000000aaaa/steps/a,404",
    "POST,/api/workflows/00000000-0000-7000-8000-00000000aaaa/cancel,404",
    "POST,/api/workflows/00000000-0000-7000-8000-00000000aaaa/pause,404",
    "POST,/api/workflows/00000000-0000-7000-8000-00000000aaaa/resume,404",
    "DELETE,/api/workflows/00000000-0000-7000-8000-00000000aaaa,404",
    "GET,/api/workflows?status=pending,400",
    "GET,/api/workflows?limit=501,400",
    "GET,/api/workflows?cursor=x,400",
  })
  void what_is_not_there_or_no_value_is_told(String method, String path, int status) {
    given().request(method, path).then().statusCode(status).contentType("application/problem+json");
  }
}
