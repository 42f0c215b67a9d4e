package com.sutazai.agents.documents;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.nullValue;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class DocumentResourceTest {
  private static final String PUMPS =
      "The pump starts when the green button is pressed. If pumps run dry, their seals are damaged within minutes.";

  private final Database database;
  private final Documents documents;

  DocumentResourceTest(Database database, Documents documents) {
    this.database = database;
    this.documents = documents;
  }

  @AfterEach
  void leaveNothing() {
    database.update(Statement.of("test.documents", "DELETE FROM documents"));
  }

  private static ValidatableResponse post(String body) {
    return given().contentType("application/json").body(body).post("/api/documents").then();
  }

  private static String make(String name, String text) {
    return post(new JsonObject().put("name", name).put("text", text).encode())
        .statusCode(201)
        .extract()
        .path("id");
  }

  private static ValidatableResponse search(String words) {
    return given().queryParam("q", words).get("/api/documents/search").then().statusCode(200);
  }

  @Test
  void a_document_is_kept_listed_read_and_deleted() {
    // When
    String id =
        post("{\"name\": \"manual\", \"text\": \"" + PUMPS + "\", \"tags\": [\"pump\"]}")
            .statusCode(201)
            .body("language", equalTo("en"))
            .body("search", equalTo("english"))
            .body("passages", equalTo(1))
            .body("characters", equalTo(PUMPS.length()))
            .extract()
            .path("id");

    // Then
    given()
        .get("/api/v1/documents/" + id)
        .then()
        .statusCode(200)
        .body("text", equalTo(PUMPS))
        .body("tags", equalTo(List.of("pump")));
    given()
        .get("/api/documents")
        .then()
        .body("items[0].id", equalTo(id))
        .body("items[0].text", nullValue());
    given().delete("/api/documents/" + id).then().statusCode(204);
    given().get("/api/documents/" + id).then().statusCode(404);
    given().delete("/api/documents/" + id).then().statusCode(404);
    search("pump").body("items", hasSize(0));
  }

  @Test
  void lists_have_pages() {
    String first = make("a", "one");
    String second = make("b", "two");

    String cursor =
        given()
            .get("/api/documents?limit=1")
            .then()
            .body("items.id", equalTo(List.of(second)))
            .extract()
            .path("next_cursor");
    given()
        .get("/api/documents?limit=1&cursor=" + cursor)
        .then()
        .body("items.id", equalTo(List.of(first)))
        .body("next_cursor", nullValue());
  }

  @Test
  void words_are_found_by_their_stems_in_the_language_of_each_document() {
    // Given
    String english = make("manual", PUMPS);
    String german =
        make(
            "Handbuch",
            "Die Pumpen starten, wenn der grüne Knopf gedrückt wird, und das ist nicht gefährlich.");
    make("other", "A text about something else that nobody is going to look for.");

    // When, then
    search("pressing button")
        .body("items.document_id", equalTo(List.of(english)))
        .body("items[0].name", equalTo("manual"))
        .body("items[0].number", equalTo(0))
        .body("items[0].rank", greaterThan(0f))
        .body("items[0].rank", lessThanOrEqualTo(1f))
        .body("items[0].headline", containsString("green **button** is **pressed**"));
    search("Knöpfe").body("items.document_id", equalTo(List.of(german)));
  }

  @Test
  void phrases_alternatives_and_exclusions_are_understood() {
    String english = make("manual", PUMPS);
    String other = make("other", "The button is green, and the pump is not here.");

    search("\"green button\"").body("items.document_id", equalTo(List.of(english)));
    search("pump -seals").body("items.document_id", equalTo(List.of(other)));
    search("nowhere or seals").body("items.document_id", equalTo(List.of(english)));
    search("the").body("items", hasSize(0));
  }

  @Test
  void what_names_the_words_more_often_and_closer_is_better() {
    String far =
        make(
            "far",
            "A valve is here. "
                + "Some words stand between them. ".repeat(20)
                + "A leak is there.");
    String near = make("near", "The valve leak: a valve leak is a leak of a valve.");

    search("valve leak").body("items.document_id", equalTo(List.of(near, far)));
    given()
        .get("/api/documents/search?q=valve&limit=1")
        .then()
        .body("items.document_id", equalTo(List.of(near)));
  }

  @Test
  void what_stands_at_the_end_of_a_long_document_is_found_in_its_passage() {
    String text =
        "Nothing of interest is said in this sentence. ".repeat(1000) + "The treasure is here.";
    String id = make("long", text);

    search("treasure")
        .body("items.document_id", equalTo(List.of(id)))
        .body("items[0].number", greaterThan(10))
        .body("items[0].text", containsString("The treasure is here."));
  }

  @Test
  void a_language_that_is_not_known_is_searched_by_words_as_they_are() {
    String id = make("zażółć", "Pociąg przyjechał z opóźnieniem, ponieważ na torach leżał śnieg.");

    given().get("/api/documents/" + id).then().body("search", equalTo("simple"));
    search("Pociąg śnieg").body("items.document_id", equalTo(List.of(id)));
  }

  @Test
  void a_task_finds_passages_too() {
    // Given
    String id = make("manual", PUMPS);

    // When, then
    given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body(
            "{\"type\": \"search_documents\", \"payload\": {\"query\": \"dry seals\", \"top_k\": 3}}")
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("completed"))
        .body("agent", equalTo("document-worker"))
        .body("result.found", equalTo(1))
        .body("result.passages[0].document_id", equalTo(id))
        .body("result.passages[0].text", equalTo(PUMPS));
  }

  @Test
  void documents_of_other_owners_are_not_there() {
    // Given
    UUID other = UUID.randomUUID();
    database.update(
        Statement.of("test.owner", "INSERT INTO owners (id, name) VALUES ($1, $2)"),
        other,
        "documents " + other);
    UUID theirs = documents.make(other, new MakeDocument("theirs", PUMPS, null)).id();
    UUID mine = UUID.fromString(make("mine", PUMPS));

    // When, then
    given().get("/api/documents/" + theirs).then().statusCode(404);
    given().delete("/api/documents/" + theirs).then().statusCode(404);
    given().get("/api/documents").then().body("items.id", equalTo(List.of(mine.toString())));
    search("pump").body("items.document_id", equalTo(List.of(mine.toString())));
    assertThat(documents.search(other, "pump", 10))
        .extracting(Passage::documentId)
        .containsExactly(theirs);
    assertThatThrownBy(() -> documents.find(other, mine)).isInstanceOf(ProblemException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|text|is required",
        "{\"name\": \"a\"}|text|is required and must not be blank",
        "{\"text\": \"a\"}|name|is required and must not be blank",
        "{\"name\": \" \", \"text\": \"a\"}|name|is required and must not be blank",
        "{\"name\": \"a\", \"text\": \"\\u0000\"}|text|must not contain the character U+0000",
        "{\"name\": \"a\\u0000\", \"text\": \"a\"}|name|must not contain the character U+0000",
        "{\"name\": \"a\", \"text\": \"a\", \"tags\": [\"\"]}|tags[0]|is required and must not be blank",
        "{\"name\": \"a\", \"text\": \"a\", \"tags\": \"b\"}|tags|must be an array",
        "{\"name\": \"a\", \"text\": [], \"tags\": []}|text|must be a text, not an array",
        "{\"name\": \"a\", \"text\": \"a\", \"title\": \"b\"}|title|is not a known field",
      })
  void what_is_wrong_with_a_document_is_named(String body, String field, String rule) {
    post(body)
        .statusCode(400)
        .body("field", equalTo(field))
        .body("detail", containsString(field + " " + rule));
  }

  @ParameterizedTest
  @CsvSource({
    "/api/documents/search, 400, q is required and must not be blank",
    "/api/documents/search?q=a&limit=0, 400, 'limit must be between 1 and 100, is 0'",
    "/api/documents/search?q=%00, 400, q ",
    "/api/documents?limit=0, 400, limit must be between",
    "/api/documents?cursor=x, 400, cursor must be",
    "/api/documents/x, 404, document",
  })
  void what_is_wrong_with_a_question_is_named(String path, int status, String detail) {
    given()
        .urlEncodingEnabled(false)
        .get(path)
        .then()
        .statusCode(status)
        .body("detail", containsString(detail));
  }

  @Test
  void a_text_may_have_a_mebibyte_and_no_more() {
    String word = "word ";
    post(new JsonObject().put("name", "a").put("text", word.repeat((1 << 20) / 5)).encode())
        .statusCode(201);
    post(new JsonObject().put("name", "a").put("text", "x".repeat((1 << 20) + 1)).encode())
        .statusCode(413)
        .body("code", equalTo("payload_too_large"))
        .body("detail", containsString("1048576"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|payload.query is required and must not be blank",
        "{\"query\": \"\"}|payload.query is required and must not be blank",
        "{\"query\": 1}|payload.query must be a text",
        "{\"query\": \"a\", \"top_k\": 0}|payload.top_k must be a whole number between 1 and 100",
        "{\"query\": \"a\", \"top_k\": \"5\"}|payload.top_k must be a whole number between 1 and 100",
        "{\"query\": \"a\", \"limit\": 5}|payload.limit is not a known field of search_documents; known are [query, top_k]",
        "[\"a\"]|payload must be a JSON object",
      })
  void what_is_wrong_with_a_task_is_named(String payload, String detail) {
    given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body("{\"type\": \"search_documents\", \"payload\": " + payload + "}")
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("failed"))
        .body("error.detail", containsString(detail));
  }
}
