package com.sutazai.gateway;

import static com.sutazai.testing.FakeModelServer.callTool;
import static com.sutazai.testing.FakeModelServer.cutAfter;
import static com.sutazai.testing.FakeModelServer.status;
import static com.sutazai.testing.FakeModelServer.think;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.startsWith;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class OpenAiDoorTest {
  private static final String CHAT =
      "{'model':'tinyllama','messages':[{'role':'user','content':'hi'}]}";
  private static final String STREAMED =
      "{'model':'tinyllama','stream':true,'messages':[{'role':'user','content':'hi'}]}";

  private final FakeModelServer fake = ModelServer.fake();

  @BeforeEach
  void serverIsWell() {
    fake.reset();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> post("/v1/chat/completions", CHAT).extract().statusCode() == 200);
    fake.reset();
  }

  private static ValidatableResponse post(String path, String json) {
    return given().contentType("application/json").body(json.replace('\'', '"')).post(path).then();
  }

  private static List<String> data(ValidatableResponse response) {
    return response
        .extract()
        .asString()
        .lines()
        .filter(line -> line.startsWith("data: "))
        .map(line -> line.substring(6))
        .toList();
  }

  @Test
  void a_whole_completion_is_put_together() {
    post("/v1/chat/completions", CHAT)
        .statusCode(200)
        .body("object", equalTo("chat.completion"))
        .body("model", equalTo("tinyllama:latest"))
        .body("choices[0].message.content", equalTo("Hello world"))
        .body("choices[0].finish_reason", equalTo("stop"))
        .body("usage.total_tokens", equalTo(9));
    post("/v1/completions", "{'model':'tinyllama','prompt':'hi'}")
        .statusCode(200)
        .body("object", equalTo("text_completion"))
        .body("choices[0].text", equalTo("Hello world"));
  }

  @Test
  void a_stream_ends_with_done_and_tells_the_usage_only_to_who_asked() {
    // When
    List<String> without = data(post("/v1/chat/completions", STREAMED).statusCode(200));
    List<String> with =
        data(
            post(
                    "/v1/chat/completions",
                    STREAMED.replace(
                        "'stream':true", "'stream':true,'stream_options':{'include_usage':true}"))
                .contentType(startsWith("text/event-stream")));

    // Then
    assertThat(without).hasSize(4).last().isEqualTo("[DONE]");
    assertThat(with).hasSize(5).last().isEqualTo("[DONE]");
    assertThat(new JsonObject(with.get(3)).getJsonObject("usage").getInteger("total_tokens"))
        .isEqualTo(9);
    assertThat(fake.requests())
        .allMatch(asked -> asked.getJsonObject("stream_options").getBoolean("include_usage"));
  }

  @Test
  void tools_and_reasoning_come_through() {
    fake.next(callTool("weather", new JsonObject().put("city", "Ulm")), think("hm", "yes"));

    post("/v1/chat/completions", CHAT)
        .body("choices[0].message.tool_calls[0].function.name", equalTo("weather"))
        .body("choices[0].message.tool_calls[0].function.arguments", equalTo("{\"city\":\"Ulm\"}"));
    post("/v1/chat/completions", CHAT)
        .body("choices[0].message.reasoning_content", equalTo("hm"))
        .body("choices[0].message.content", equalTo("yes"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{|400|invalid_request_error|The body is no JSON",
        "{'messages':[]}|400|invalid_request_error|model is required",
        "{'model':'nosuch','messages':[{'role':'user','content':'hi'}]}|404|invalid_request_error|nosuch is not installed",
        "{'model':'tinyllama','messages':[{'role':'user','content':'hi'}],'n':2}|400|invalid_request_error|n is not served by Ollama",
        "{'model':'tinyllama','messages':[{'role':'user','content':'hi'}],'tool_choice':'required'}|400|invalid_request_error|tool_choice is not",
      })
  void errors_have_openais_form(String body, int status, String type, String message) {
    post("/v1/chat/completions", body)
        .statusCode(status)
        .body("error.type", equalTo(type))
        .body("error.message", containsString(message));
    assertThat(fake.requests()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "chat/completions|messages|",
        "chat/completions|messages|'messages':[]",
        "chat/completions|messages|'messages':'hi'",
        "chat/completions|messages[0]|'messages':[5]",
        "chat/completions|messages[0].role|'messages':[{'content':'hi'}]",
        "chat/completions|messages[0].role|'messages':[{'role':5,'content':'hi'}]",
        "chat/completions|messages[0].content|'messages':[{'role':'user'}]",
        "chat/completions|messages[0].content|'messages':[{'role':'user','content':5}]",
        "chat/completions|messages[1].content|'messages':[{'role':'user','content':''},{'role':'user','content':['hi']}]",
        "chat/completions|max_tokens|'messages':[{'role':'user','content':'hi'}],'max_tokens':-4",
        "chat/completions|max_completion_tokens|'messages':[{'role':'user','content':'hi'}],'max_completion_tokens':1.5",
        "chat/completions|temperature|'messages':[{'role':'user','content':'hi'}],'temperature':'x'",
        "chat/completions|temperature|'messages':[{'role':'user','content':'hi'}],'temperature':-1",
        "chat/completions|top_p|'messages':[{'role':'user','content':'hi'}],'top_p':2",
        "chat/completions|presence_penalty|'messages':[{'role':'user','content':'hi'}],'presence_penalty':'x'",
        "chat/completions|seed|'messages':[{'role':'user','content':'hi'}],'seed':1.5",
        "chat/completions|n|'messages':[{'role':'user','content':'hi'}],'n':0",
        "chat/completions|stop|'messages':[{'role':'user','content':'hi'}],'stop':5",
        "chat/completions|stop|'messages':[{'role':'user','content':'hi'}],'stop':['a',5]",
        "chat/completions|stream_options|'messages':[{'role':'user','content':'hi'}],'stream_options':true",
        "chat/completions|response_format|'messages':[{'role':'user','content':'hi'}],'response_format':'json'",
        "chat/completions|response_format.json_schema.schema|'messages':[{'role':'user','content':'hi'}],'response_format':{'type':'json_schema'}",
        "completions|prompt|",
        "completions|prompt|'prompt':[]",
        "completions|prompt|'prompt':5",
        "embeddings|input|",
        "embeddings|input|'input':[]",
        "embeddings|input|'input':{}",
        "embeddings|encoding_format|'input':'hi','encoding_format':'hex'",
        "embeddings|dimensions|'input':'hi','dimensions':0",
        "responses|input|'input':[]",
        "responses|input[0]|'input':[5]",
        "responses|input[0].content|'input':[{'role':'user','content':5}]",
      })
  void a_field_that_is_not_as_it_must_be_is_named(String route, String param, String fields) {
    post("/v1/" + route, "{'model':'tinyllama'" + (fields == null ? "" : "," + fields) + "}")
        .statusCode(400)
        .body("error.type", equalTo("invalid_request_error"))
        .body("error.param", equalTo(param))
        .body("error.message", startsWith(param));
    assertThat(fake.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'max_tokens':-1",
        "'max_tokens':null,'stop':null,'temperature':null,'response_format':null",
        "'stop':'a','temperature':3,'response_format':{'type':'text'}",
        "'stop':['a'],'response_format':{'type':'json_schema','schema':{'type':'object'}}",
      })
  void what_servers_take_beyond_openais_bounds_is_left_to_them(String fields) {
    post("/v1/chat/completions", CHAT.replace("}]}", "}]," + fields + "}")).statusCode(200);
    assertThat(fake.requests()).hasSize(1);
  }

  @Test
  void a_call_of_a_tool_needs_no_content() {
    post(
            "/v1/chat/completions",
            CHAT.replace(
                "}]}",
                "},{'role':'assistant','tool_calls':[{'id':'1','type':'function',"
                    + "'function':{'name':'f','arguments':'{}'}}]},"
                    + "{'role':'tool','tool_call_id':'1','content':'4'}]}"))
        .statusCode(200);
  }

  @Test
  void a_path_that_is_not_there_is_told_in_the_same_form() {
    post("/v1/nothing", "{}").statusCode(404).body("error.code", equalTo("not_found"));
  }

  @Test
  void a_server_error_is_told_with_its_words() {
    fake.otherwise(status(500, "out of memory"));

    post("/v1/chat/completions", CHAT)
        .statusCode(502)
        .body("error.type", equalTo("server_error"))
        .body("error.message", containsString("out of memory"));
  }

  @Test
  void an_answer_that_breaks_off_ends_with_an_error_and_without_done() {
    fake.next(cutAfter("Hel", "lo"));

    List<String> data = data(post("/v1/chat/completions", STREAMED).statusCode(200));

    assertThat(data).hasSize(3);
    assertThat(new JsonObject(data.getLast()).getJsonObject("error").getString("code"))
        .isEqualTo("model_failed");
  }

  @Test
  void embeddings_as_numbers_and_as_base64() {
    post("/v1/embeddings", "{'model':'tinyllama','input':['a','bcd']}")
        .statusCode(200)
        .body("data.size()", equalTo(2))
        .body("data[1].embedding[0]", equalTo(3));
    post("/v1/embeddings", "{'model':'tinyllama','input':'a','encoding_format':'base64'}")
        .statusCode(200)
        .body("data[0].embedding", equalTo("AACAPwAAAD8AAIC+"));
  }

  @Test
  void models_are_listed() {
    given()
        .get("/v1/models")
        .then()
        .statusCode(200)
        .body("object", equalTo("list"))
        .body("data.id", hasItem("tinyllama:latest"));
    given().get("/v1/models/tinyllama").then().statusCode(200).body("object", equalTo("model"));
    given()
        .get("/v1/models/a/b")
        .then()
        .statusCode(404)
        .body("error.code", equalTo("model_not_found"));
  }

  @ParameterizedTest
  @CsvSource({
    "tinyllama, tinyllama:latest",
    "tinyllama:latest, tinyllama:latest",
    ModelServer.OTHER_MODEL + ", " + ModelServer.OTHER_MODEL,
    ModelServer.OTHER_MODEL + ":latest, " + ModelServer.OTHER_MODEL
  })
  void a_model_is_found_with_and_without_the_tag_latest(String name, String listed) {
    given().get("/v1/models/" + name).then().statusCode(200).body("id", equalTo(listed));
  }

  @Test
  void a_response_is_a_chat_completion_in_other_words() {
    post("/v1/responses", "{'model':'tinyllama','input':'hi'}")
        .statusCode(200)
        .body("object", equalTo("response"))
        .body("status", equalTo("completed"))
        .body("output[0].content[0].text", equalTo("Hello world"))
        .body("usage.output_tokens", equalTo(2));
    post("/v1/responses", "{'model':'tinyllama','input':'hi','previous_response_id':'resp_1'}")
        .statusCode(400)
        .body("error.param", equalTo("previous_response_id"));
  }

  @Test
  void a_streamed_response_has_named_events() {
    String stream =
        post("/v1/responses", "{'model':'tinyllama','input':'hi','stream':true}")
            .statusCode(200)
            .extract()
            .asString();

    assertThat(stream.lines().filter(line -> line.startsWith("event: ")))
        .startsWith("event: response.created", "event: response.in_progress")
        .contains("event: response.output_text.delta")
        .last()
        .isEqualTo("event: response.completed");
  }

  @Test
  void what_was_used_is_written_down() {
    post("/v1/chat/completions", CHAT).statusCode(200);

    given()
        .get("/api/usage")
        .then()
        .statusCode(200)
        .body("items.model", hasItem("tinyllama:latest"));
  }
}
