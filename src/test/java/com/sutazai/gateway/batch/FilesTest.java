package com.sutazai.gateway.batch;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.testing.Slow;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Slow
@QuarkusTest
@TestProfile(BatchProfile.class)
class FilesTest {
  private static final long MOST = 600 * 1024;

  private final Files files;
  private final Batches batches;
  private final FakeCalls calls;
  private final Database database;

  @TestHTTPResource("/v1/files")
  @SuppressWarnings("NullAway.Init")
  URI address;

  FilesTest(Files files, Batches batches, FakeCalls calls, Database database) {
    this.files = files;
    this.batches = batches;
    this.calls = calls;
    this.database = database;
  }

  @BeforeEach
  void reset() {
    calls.reset();
    // whoever counts files is alone with them
    await().atMost(Client.LONG).until(() -> count("batches WHERE ended_at IS NULL") == 0);
  }

  private long count(String table) {
    return database
        .query(Statement.of("test.count", "SELECT count(*) AS count FROM " + table))
        .getFirst()
        .getLong("count");
  }

  private static String form(String content) {
    return "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
        + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"in.jsonl\"\r\n"
        + "Content-Type: application/octet-stream\r\n\r\n"
        + content
        + "\r\n--b--\r\n";
  }

  private HttpResponse<String> post(String type, InputStream body) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(address)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String type, String body) throws Exception {
    return post(type, new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void a_file_of_many_pieces_comes_back_as_it_was() {
    // Given
    String content = "0123456789abcdé\r\n".repeat(30_000);

    // When
    Response stored = Client.send(content);

    // Then
    String id = stored.path("id");
    assertThat(stored.statusCode()).isEqualTo(200);
    assertThat(id).matches("file-[0-9a-f]{32}");
    assertThat((int) stored.path("bytes"))
        .isEqualTo(content.getBytes(StandardCharsets.UTF_8).length);
    assertThat((String) stored.path("object")).isEqualTo("file");
    assertThat((String) stored.path("filename")).isEqualTo("in.jsonl");
    assertThat((String) stored.path("purpose")).isEqualTo("batch");
    assertThat((String) stored.path("status")).isEqualTo("processed");
    assertThat(given().get("/v1/files/" + id + "/content").asByteArray())
        .isEqualTo(content.getBytes(StandardCharsets.UTF_8));
    assertThat(new JsonObject(given().get("/v1/files/" + id).asString()))
        .isEqualTo(new JsonObject(stored.asString()));
  }

  @Test
  void an_empty_file_is_taken_and_its_content_is_empty() {
    // When
    String id = Client.send("").path("id");

    // Then
    assertThat(given().get("/v1/files/" + id + "/content").asString()).isEmpty();
  }

  @Test
  void files_are_paged_in_both_orders() {
    // Given
    String first = Client.send("1").path("id");
    String second = Client.send("2").path("id");

    // When
    JsonObject newest = new JsonObject(given().get("/v1/files?limit=1&purpose=batch").asString());
    JsonObject next =
        new JsonObject(
            given().get("/v1/files?limit=1&after=" + newest.getString("last_id")).asString());
    JsonObject oldest =
        new JsonObject(given().get("/v1/files?limit=1&order=asc&after=" + first).asString());

    // Then
    assertThat(newest.getString("first_id")).isEqualTo(second);
    assertThat(newest.getBoolean("has_more")).isTrue();
    assertThat(next.getString("first_id")).isEqualTo(first);
    assertThat(oldest.getString("first_id")).isEqualTo(second);
    assertThat(
            new JsonObject(given().get("/v1/files?purpose=other").asString()).getJsonArray("data"))
        .isEmpty();
  }

  @Test
  void a_deleted_file_is_gone() {
    // Given
    String id = Client.send("x").path("id");

    // When
    JsonObject deleted = new JsonObject(given().delete("/v1/files/" + id).asString());

    // Then
    assertThat(deleted)
        .isEqualTo(new JsonObject().put("id", id).put("object", "file").put("deleted", true));
    for (String path : List.of("", "/content")) {
      Response answer = given().get("/v1/files/" + id + path);
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat((String) answer.path("error.code")).isEqualTo("not_found");
    }
    assertThat(Client.make(id).statusCode()).isEqualTo(404);
  }

  @Test
  void the_input_of_an_unfinished_batch_stays() {
    // Given
    CountDownLatch held = new CountDownLatch(1);
    calls.script(
        input -> {
          held.await();
          return FakeCalls.echo(input);
        });
    String file = Client.upload(Client.lines("kept", 1));
    String batch = Client.make(file).path("id");

    // When
    int unfinished = given().delete("/v1/files/" + file).statusCode();
    held.countDown();
    Client.awaitEnd(batch);
    int finished = given().delete("/v1/files/" + file).statusCode();

    // Then
    assertThat(unfinished).isEqualTo(409);
    assertThat(finished).isEqualTo(200);
  }

  @Test
  void an_output_is_no_input() {
    // Given
    JsonObject batch = Client.awaitEnd(Client.begin(Client.lines("again", 1)));

    // When
    Response answer = Client.make(batch.getString("output_file_id"));

    // Then
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat((String) answer.path("error.param")).isEqualTo("input_file_id");
  }

  @Test
  void a_file_past_the_limit_is_refused_with_the_limit_and_its_key() throws Exception {
    // Given
    long before = count("files");
    String content = "x".repeat((int) MOST + 1);

    // When
    Response declared = Client.send("x".repeat((int) MOST * 2));
    Response little = Client.send(content);
    HttpResponse<String> undeclared = post("multipart/form-data; boundary=b", form(content));

    // Then
    for (JsonObject body :
        List.of(
            new JsonObject(declared.asString()),
            new JsonObject(little.asString()),
            new JsonObject(undeclared.body()))) {
      assertThat(body.getJsonObject("error").getString("code")).isEqualTo("payload_too_large");
      assertThat(body.getJsonObject("error").getString("message"))
          .contains(String.valueOf(MOST), "sutazai.batches.max-file");
    }
    assertThat(List.of(declared.statusCode(), little.statusCode(), undeclared.statusCode()))
        .containsOnly(413);
    assertThat(count("files")).isEqualTo(before);
  }

  @Test
  void other_routes_keep_their_limits() throws Exception {
    // Given
    String body = "{\"type\":\"noop\",\"payload\":\"" + "x".repeat(1 << 21) + "\"}";

    // When
    int declared =
        given().contentType("application/json").body(body).post("/api/tasks").statusCode();
    int undeclared =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(address.resolve("/api/tasks"))
                    .header("Content-Type", "application/json")
                    .POST(
                        HttpRequest.BodyPublishers.ofInputStream(
                            () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .statusCode();

    // Then
    assertThat(declared).isEqualTo(413);
    assertThat(undeclared).isEqualTo(413);
  }

  @Test
  void a_form_may_have_its_file_first() throws Exception {
    // Given
    String file =
        "--b\r\nContent-Disposition: form-data; filename=\"a b.jsonl\"; name=\"file\"\r\n\r\n{}\r\n";
    String purpose =
        "--b\r\nContent-Disposition: form-data; name=purpose\r\n\r\nbatch\r\n--b--\r\n";

    // When
    HttpResponse<String> answer = post("multipart/form-data; boundary=\"b\"", file + purpose);

    // Then
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(new JsonObject(answer.body()).getString("filename")).isEqualTo("a b.jsonl");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json|{}",
        "multipart/form-data|x",
        "multipart/form-data; boundary=b|",
        "multipart/form-data; boundary=b|nonsense",
        "multipart/form-data; boundary=b|--b--",
        "multipart/form-data; boundary=b|--b~Content-Disposition: form-data; name=\"purpose\"~~batch~--b--~",
        "multipart/form-data; boundary=b|--b~Content-Disposition: form-data; name=\"file\"; filename=\"a\"~~x~--b--~",
        "multipart/form-data; boundary=b|--b~Content-Disposition: form-data; name=\"file\"~~x~--b--~",
        "multipart/form-data; boundary=b|--b~Content-Disposition: form-data~~x~--b--~",
        "multipart/form-data; boundary=b|--b~~x~--b--~",
        "multipart/form-data; boundary=b|--b~Content-Disposition: form-data; name=\"file\"; filename=\"\"~~x~--b--~",
        "multipart/form-data; boundary=b|--b~Content-Disposition: form-data; name=\"purpose\"~~fine-tune~--b~Content-Disposition: form-data; name=\"file\"; filename=\"a\"~~x~--b--~",
        "multipart/form-data; boundary=b|--b~Content-Disposition: form-data; name=\"purpose\"~~batch~--b~Content-Disposition: form-data; name=\"file\"; filename=\"a\"~~x",
      })
  void a_form_that_breaks_a_rule_is_refused_and_leaves_nothing(String type, String body)
      throws Exception {
    // Given
    long before = count("files");

    // When
    HttpResponse<String> answer = post(type, body == null ? "" : body.replace("~", "\r\n"));

    // Then
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(new JsonObject(answer.body()).getJsonObject("error").getString("message"))
        .isNotBlank();
    assertThat(count("files")).isEqualTo(before);
  }

  @Test
  void a_form_without_end_is_refused_before_it_fills_the_memory() throws Exception {
    // When
    HttpResponse<String> answer =
        post("multipart/form-data; boundary=b", "--b\r\nX: " + "x".repeat(500_000));

    // Then
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
  }

  @Test
  void an_upload_that_breaks_off_leaves_nothing() throws Exception {
    // Given
    long before = count("files");
    String form = form("x".repeat(500_000));

    // When
    try (Socket socket = new Socket(address.getHost(), address.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                      + "Content-Length: "
                      + form.length()
                      + "\r\n\r\n"
                      + form.substring(0, 400_000))
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      await().atMost(Client.LONG).until(() -> count("files") == before + 1);
    }

    // Then
    await().atMost(Client.LONG).until(() -> count("files") == before);
  }

  @Test
  void what_a_dead_process_left_is_removed_by_a_later_upload() {
    // Given
    UUID left = UUID.randomUUID();
    database.update(
        Statement.of(
            "test.half",
            """
            INSERT INTO files (id, owner_id, purpose, name, created_at)
            VALUES ($1, $2, 'batch', 'half', now() - interval '2 hours')
            """),
        left,
        Caller.LOCAL_OWNER);

    // When
    int unseen = given().get("/v1/files/" + WireId.file(left)).statusCode();
    Client.send("x");

    // Then
    assertThat(unseen).isEqualTo(404);
    assertThat(
            database.query(Statement.of("test.left", "SELECT id FROM files WHERE id = $1"), left))
        .isEmpty();
  }

  @Test
  void an_owner_whose_files_hold_enough_is_told_to_delete_some() {
    // Given
    UUID large = UUID.randomUUID();
    database.update(
        Statement.of(
            "test.large",
            """
            INSERT INTO files (id, owner_id, purpose, name, bytes, completed_at)
            VALUES ($1, $2, 'batch', 'large', 3000000000, now())
            """),
        large,
        Caller.LOCAL_OWNER);

    // When
    Response refused = Client.send("x");
    given().delete("/v1/files/" + WireId.file(large)).then().statusCode(200);
    Response taken = Client.send("x");

    // Then
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat((String) refused.path("error.message")).contains("sutazai.batches.max-stored");
    assertThat(taken.statusCode()).isEqualTo(200);
  }

  private void store(UUID file, String purpose, boolean complete, int bytes) {
    database.update(
        Statement.of(
            "test.file",
            """
            INSERT INTO files (id, owner_id, purpose, name, bytes, completed_at)
            VALUES ($1, $2, $3, 'large', CASE WHEN $4 THEN $5::integer ELSE 0 END, CASE WHEN $4 THEN now() END)
            """),
        file,
        Caller.LOCAL_OWNER,
        purpose,
        complete,
        bytes);
  }

  private void delete(UUID file) {
    database.update(Statement.of("test.delete_file", "DELETE FROM files WHERE id = $1"), file);
  }

  @Test
  void what_an_unfinished_batch_wrote_counts_for_files_and_batches() {
    // Given
    String input = Client.upload(Client.lines("room", 1));
    UUID output = UUID.randomUUID();
    store(output, StoredFile.OUTPUT, false, 0);
    database.update(
        Statement.of(
            "test.piece",
            "INSERT INTO file_pieces VALUES ($1, 0, convert_to(repeat('x', 70000000), 'UTF8'))"),
        output);

    // When
    Response file = Client.send("x");
    Response batch = Client.make(input);
    delete(output);

    // Then
    assertThat(file.statusCode()).isEqualTo(409);
    assertThat(batch.statusCode()).isEqualTo(409);
    assertThat((String) batch.path("error.message")).contains("sutazai.batches.max-stored");
  }

  @Test
  void an_upload_ends_when_other_files_of_its_owner_took_the_room() throws Exception {
    // Given
    UUID large = UUID.randomUUID();
    String half = "x".repeat(300 * 1024);
    String form = form(half + half.substring(1024));
    InputStream body =
        new SequenceInputStream(
            bytes(form.substring(0, half.length())),
            new FilterInputStream(bytes(form.substring(half.length()))) {
              private boolean begun;

              @Override
              public int read(byte[] to, int offset, int length) throws IOException {
                if (!begun) {
                  begun = true;
                  await()
                      .atMost(Client.LONG)
                      .until(() -> count("files WHERE completed_at IS NULL AND bytes > 0") > 0);
                  store(large, StoredFile.INPUT, true, 70_000_000);
                }
                return super.read(to, offset, length);
              }
            });

    // When
    HttpResponse<String> refused = post("multipart/form-data; boundary=b", body);
    delete(large);

    // Then
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("sutazai.batches.max-stored");
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void another_owner_sees_neither_files_nor_batches() {
    // Given
    Caller other = new Caller(UUID.randomUUID(), "other-" + UUID.randomUUID(), false);
    database.update(
        Statement.of("test.owner", "INSERT INTO owners (id, name) VALUES ($1, $2)"),
        other.owner(),
        other.ownerName());
    UUID file = WireId.parseFile(Client.upload(Client.lines("own", 1)));
    UUID batch = WireId.parseBatch(Client.begin(Client.lines("own", 1)));
    JsonObject wish =
        new JsonObject()
            .put("input_file_id", WireId.file(file))
            .put("endpoint", Client.ENDPOINT)
            .put("completion_window", "1h");

    // When, then
    assertMissing(() -> files.find(other, file));
    assertMissing(() -> files.delete(other, file));
    assertMissing(() -> batches.find(other, batch));
    assertMissing(() -> batches.cancel(other, batch));
    assertMissing(() -> batches.make(other, MakeBatch.from(tree(wish))));
    assertThat(files.list(other, null, null, false, 10).data()).isEmpty();
    assertThat(batches.list(other, null, 10).data()).isEmpty();
  }

  private static com.fasterxml.jackson.databind.JsonNode tree(JsonObject object) {
    try {
      return new com.fasterxml.jackson.databind.ObjectMapper().readTree(object.encode());
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertMissing(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }
}
