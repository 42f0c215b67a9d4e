package com.sutazai.gateway.openai;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.Refusal;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CWE-918: callers cannot send the model server to addresses that only it can reach. */
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class MediaLinksTest {
  private static final String IMAGE =
      "{'type':'image_url','image_url':{'url':'http://169.254.169.254/latest/meta-data/'}}";

  private final FakeModelServer fake = ModelServer.fake();
  private final ObjectMapper json;

  MediaLinksTest(ObjectMapper json) {
    this.json = json;
  }

  @BeforeEach
  void serverIsWell() {
    fake.reset();
  }

  private ObjectNode body(String text) throws Exception {
    return (ObjectNode) json.readTree(text.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/v1/chat/completions | {'model':'tinyllama','messages':[{'role':'user','content':["
            + IMAGE
            + "]}]} | messages[0].content[0].image_url.url",
        "/v1/chat/completions | {'model':'tinyllama','stream':true,'messages':[{'content':'a'},"
            + "{'content':[{'text':'b'},"
            + IMAGE
            + "]}]} | messages[1].content[1].image_url.url",
        "/v1/responses | {'model':'tinyllama','input':[{'role':'user','content':[{'type':"
            + "'input_image','image_url':'file:///etc/passwd'}]}]} | input[0].content[0].image_url",
        "/v1/embeddings | {'model':'tinyllama','input':[{'image':'https://10.0.0.1/a.png'}]}"
            + " | input[0].image"
      })
  void an_address_in_a_request_is_refused_by_its_field(String path, String body, String field) {
    given()
        .contentType("application/json")
        .body(body.replace('\'', '"'))
        .post(path)
        .then()
        .statusCode(400)
        .body("error.param", equalTo(field))
        .body("error.message", containsString("sutazai.inference.allow-image-urls"));
    assertThat(fake.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{'image_url':'http://a/'}]",
        "[{'image_url':{'url':'HTTPS://a/'}}]",
        "[{'image_url':{'url':' data:image/png;base64,AA'}}]",
        "[{'image_url':{'url':'//a/b'}}]",
        "[{'type':'video_url','video_url':{'url':'http://a/'}}]",
        "[{'type':'text','Image_URL':{'Url':'ftp://a/'}}]",
        "{'type':'image_url','image_url':{'url':'http://a/'}}",
        "[[{'file':{'file_url':'http://a/'}}]]",
        "[{'type':'image','image':'gopher://a/'}]"
      })
  void every_shape_in_which_servers_take_addresses_is_found(String content) throws Exception {
    assertThat(MediaLinks.in(body("{'messages':[{'content':" + content + "}]}")))
        .singleElement()
        .extracting(Refusal::field)
        .asString()
        .startsWith("messages[0].content");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'see http://a/'",
        "[{'type':'text','text':'https://a/'}]",
        "[{'type':'image_url','image_url':{'url':'data:image/png;base64,AA','detail':'low'}}]",
        "[{'type':'image_url','image_url':{'url':'DATA:image/png;base64,AA'}}]",
        "[{'type':'input_audio','input_audio':{'data':'AA','format':'wav'}}]",
        "null",
        "7"
      })
  void texts_and_content_that_came_along_are_none_of_them(String content) throws Exception {
    assertThat(MediaLinks.in(body("{'messages':[{'content':" + content + "}]}"))).isEmpty();
  }

  @Test
  void addresses_outside_of_messages_are_words() throws Exception {
    assertThat(
            MediaLinks.in(
                body("{'metadata':{'url':'http://a/'},'tools':[{'url':'x'}],'input':'http://a/'}")))
        .isEmpty();
  }
}
