package com.sutazai.inference;

import static com.sutazai.testing.FakeModelServer.cutAfter;
import static com.sutazai.testing.FakeModelServer.endlessly;
import static com.sutazai.testing.FakeModelServer.lines;
import static com.sutazai.testing.FakeModelServer.slowly;
import static com.sutazai.testing.FakeModelServer.status;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.startsWith;

import com.sutazai.cache.Changes;
import com.sutazai.cache.Tags;
import com.sutazai.inference.ModelRequest.Billing;
import com.sutazai.inference.ModelRequest.Urgency;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers to prompts are kept and told again. */
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class ReusedAnswersTest {
  private static final Statement IN_TABLE =
      Statement.of(
          "test.kept", "SELECT count(*) AS kept FROM cache_entries WHERE tags @> ARRAY[$1]");
  private static final Statement SPOIL =
      Statement.of("test.spoil", "UPDATE cache_entries SET entry = $2 WHERE tags @> ARRAY[$1]");

  private final FakeModelServer fake = ModelServer.fake();
  private final Inference inference;
  private final InferenceConfig config;
  private final AnswerKeys keys;
  private final Changes changes;
  private final Database database;
  private final String prompt = "again " + UUID.randomUUID();

  ReusedAnswersTest(
      Inference inference,
      InferenceConfig config,
      AnswerKeys keys,
      Changes changes,
      Database database) {
    this.inference = inference;
    this.config = config;
    this.keys = keys;
    this.changes = changes;
    this.database = database;
  }

  @BeforeEach
  void serverIsWell() {
    fake.reset();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                given()
                        .contentType("application/json")
                        .body("{\"prompt\":\"well?\",\"cache\":false}")
                        .post("/generate")
                        .statusCode()
                    == 200);
    seeModels();
    fake.requests().clear();
  }

  /** The servers' lists are read anew. */
  private static void seeModels() {
    given().get("/api/models").then().statusCode(200);
  }

  private ValidatableResponse ask(JsonObject more, RequestSpecification request) {
    return request
        .contentType("application/json")
        .body(new JsonObject().put("prompt", prompt).mergeIn(more).encode())
        .post("/generate")
        .then();
  }

  private ValidatableResponse ask(String more) {
    return ask(new JsonObject(more.replace('\'', '"')), given());
  }

  private ValidatableResponse ask() {
    return ask("{}");
  }

  private static void assertMiss(ValidatableResponse response) {
    response.statusCode(200).header("X-Cache", equalTo("MISS")).body("cached", equalTo(false));
  }

  private static void assertHit(ValidatableResponse response) {
    response.statusCode(200).header("X-Cache", equalTo("HIT")).body("cached", equalTo(true));
  }

  @Test
  void the_same_request_is_answered_without_the_model() {
    // Given
    fake.next(slowly(Duration.ofMillis(50), "a", "b"));
    ask()
        .header("Cache-Status", equalTo("sutazai; fwd=miss; stored"))
        .body("cached", equalTo(false));

    // When
    ValidatableResponse again = ask();

    // Then
    assertHit(again);
    again
        .header("Cache-Status", matchesPattern("sutazai; hit; ttl=3(600|5\\d\\d)"))
        .body("generated", equalTo("ab"))
        .body("model", equalTo("tinyllama:latest"))
        .body("usage.total_tokens", equalTo(9))
        .body("timings.queue_ms", equalTo(0f));
    assertThat(fake.requests()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"BULK,AT_ITS_END", "INTERACTIVE,WITH_THE_RESULT"})
  void a_call_that_waits_or_is_billed_in_another_way_is_not_joined(
      Urgency urgency, Billing billing) {
    // Given
    Prompt same = Prompt.of(prompt, null, null, false, null);

    // When
    var one = keys.of(same.request(Caller.LOCAL, config, Urgency.INTERACTIVE, Billing.AT_ITS_END));
    var other = keys.of(same.request(Caller.LOCAL, config, urgency, billing));

    // Then
    assertThat(other.underWay()).isNotEqualTo(one.underWay());
    assertThat(other.kept()).isPresent().isEqualTo(one.kept());
  }

  @Test
  void a_stream_and_the_whole_serve_each_other_when_the_model_is_asked_the_same() {
    // Given
    ask("{'options':{'num_predict':9,'temperature':0}}");

    // When
    String stream =
        given()
            .contentType("application/json")
            .body(
                new JsonObject()
                    .put("prompt", prompt)
                    .put("options", new JsonObject().put("temperature", 0.0).put("num_predict", 9))
                    .encode())
            .post("/generate/stream")
            .then()
            .header("X-Cache", equalTo("HIT"))
            .header("Cache-Status", startsWith("sutazai; hit; ttl="))
            .extract()
            .asString();

    // Then
    assertThat(stream)
        .startsWith("data: {\"token\":\"Hello\"}\n\ndata: {\"token\":\" world\"}\n\n");
    assertThat(stream).contains("\"cached\":true").endsWith("data: [DONE]\n\n");
    assertThat(fake.requests()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'options':{'seed':1}}",
        "{'options':{'num_predict':9}}",
        "{'model':'gpt-oss:other'}",
      })
  void another_request_is_asked(String more) {
    // Given
    fake.models("tinyllama:latest", "gpt-oss:other");
    seeModels();
    ask();

    // When
    ValidatableResponse other = ask(more);

    // Then
    assertMiss(other);
    assertThat(fake.requests()).hasSize(2);
  }

  @Test
  void options_that_are_the_defaults_are_the_same_request() {
    ask();

    assertHit(ask("{'options':{'top_k':40,'temperature':0.70},'model':'tinyllama'}"));
  }

  @Test
  void another_owner_is_not_answered_with_it() throws Exception {
    // Given
    ask();
    Prompt same = Prompt.of(prompt, null, null, false, null);
    Caller other = new Caller(UUID.randomUUID(), "other", false);

    // When
    Inference.Told mine = inference.complete(inference.request(Caller.LOCAL, same));
    Inference.Told others = inference.complete(inference.request(other, same));

    // Then
    assertThat(mine.answer().cached()).isTrue();
    assertThat(others.origin()).isEqualTo(new Origin.Asked(true));
    assertThat(fake.requests()).hasSize(2);
  }

  @Test
  void a_model_that_takes_the_name_of_another_is_asked() {
    // Given
    ask();
    fake.replaceModels();
    seeModels();

    // When, then
    assertMiss(ask());
    assertHit(ask());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"no-cache|true", "max-age=0|true", "no-store|false"})
  void who_wants_a_new_answer_gets_one(String header, boolean kept) {
    // Given
    fake.next(FakeModelServer.say("old"), FakeModelServer.say("new"));
    ask();

    // When
    ValidatableResponse anew = ask(new JsonObject(), given().header("Cache-Control", header));

    // Then
    anew.body("generated", equalTo("new")).body("cached", equalTo(false));
    if (kept) {
      anew.header("Cache-Status", equalTo("sutazai; fwd=bypass; stored"));
    }
    ValidatableResponse later = ask();
    assertHit(later);
    later.body("generated", equalTo(kept ? "new" : "old"));
  }

  @Test
  void cache_false_asks_anew_and_the_next_one_gets_that() {
    // Given
    fake.next(FakeModelServer.say("old"), FakeModelServer.say("new"));
    ask();

    // When, then
    ask("{'cache':false}").body("generated", equalTo("new")).header("X-Cache", equalTo("MISS"));
    ask().body("generated", equalTo("new")).header("X-Cache", equalTo("HIT"));
    assertThat(fake.requests()).hasSize(2);
    assertThat(fake.requests().getFirst().containsKey("cache")).isFalse();
  }

  @Test
  void an_answer_that_failed_is_not_kept() {
    // Given
    fake.next(cutAfter("half"));
    ask().statusCode(502);

    // When, then
    assertMiss(ask());
  }

  @Test
  void an_answer_without_a_word_is_not_kept() {
    // Given
    fake.next(lines("{\"response\":\"\",\"done\":true}"));
    ask().statusCode(200);

    // When, then
    assertMiss(ask());
  }

  @Test
  void an_answer_that_is_too_long_is_not_kept() {
    // Given: about 4,000 pieces, which are written down with 300 bytes each
    String[] tokens = new String[4_000];
    Arrays.fill(tokens, "x".repeat(250));
    fake.next(FakeModelServer.say(tokens));
    ask().header("Cache-Status", equalTo("sutazai; fwd=miss"));

    // When, then
    assertMiss(ask());
  }

  @Test
  void an_answer_whose_reader_left_is_not_kept() throws Exception {
    // Given
    fake.next(endlessly(Duration.ofMillis(5)));
    Prompt same = Prompt.of(prompt, null, null, false, null);
    try (Generation left = inference.open(inference.request(Caller.LOCAL, same))) {
      left.next();
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> fake.abandoned() == 1);

    // When, then
    assertMiss(ask());
  }

  @Test
  void an_answer_is_kept_when_one_of_two_readers_stays() throws Exception {
    // Given
    Prompt same = Prompt.of(prompt, null, null, false, null);
    ModelRequest request = inference.request(Caller.LOCAL, same);
    Generation first = inference.open(request);
    Generation second = inference.open(request);

    // When
    first.close();
    while (second.next() != null) {}
    second.close();

    // Then
    assertHit(ask());
    assertThat(fake.requests()).hasSize(1);
  }

  @Test
  void it_is_answered_while_the_model_server_fails() {
    // Given
    ask();
    fake.otherwise(status(500, "broken"));
    for (int i = 0; i < 5; i++) {
      ask("{'cache':false}").statusCode(greaterThanOrEqualTo(500));
    }

    // When, then
    assertHit(ask());
    assertThatThrownBy(
            () ->
                inference.complete(
                    inference.request(
                        Caller.LOCAL, Prompt.of("else " + prompt, null, null, false, null))))
        .isInstanceOf(ProblemException.class);
    serverIsWell(); // for the suites that come after this one too
  }

  private String keptInTable() {
    String model = "kept-" + UUID.randomUUID();
    fake.models(model);
    seeModels();
    fake.next(slowly(Duration.ofMillis(200), "far", " away"));
    assertMiss(ask("{'model':'" + model + "'}"));
    String tag = Tags.model(model);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> database.query(IN_TABLE, tag).getFirst().getLong("kept") == 1);
    return model;
  }

  /** In memory alone: what the table has is told apart by transactions, and there was none. */
  private void forget(String model) {
    changes.changed(Tags.model(model));
  }

  @Test
  void it_outlives_the_memory_in_the_database() {
    // Given
    String model = keptInTable();
    forget(model);

    // When
    ValidatableResponse again = ask("{'model':'" + model + "'}");

    // Then
    assertHit(again);
    again.body("generated", equalTo("far away")).body("usage.completion_tokens", equalTo(2));
    assertThat(fake.requests()).hasSize(1);
  }

  @Test
  void a_spoilt_entry_is_none() {
    // Given
    String model = keptInTable();
    database.update(SPOIL, Tags.model(model), Buffer.buffer("spoilt"));
    forget(model);

    // When, then
    ValidatableResponse again = ask("{'model':'" + model + "'}");
    assertMiss(again);
    again.body("generated", equalTo("Hello world"));
  }

  @Test
  void process_says_where_the_models_words_came_from() {
    // Given
    given()
        .queryParam("data", prompt)
        .get("/process")
        .then()
        .statusCode(200)
        .header("X-Cache", equalTo("MISS"));

    // When, then
    given()
        .queryParam("data", prompt)
        .get("/process")
        .then()
        .header("X-Cache", equalTo("HIT"))
        .body("output", equalTo("Hello world"));
    assertHit(ask());
    assertThat(fake.requests()).hasSize(1);
  }
}
