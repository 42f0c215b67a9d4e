package com.sutazai.gateway.batch;

import static com.sutazai.gateway.batch.Client.LONG;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.testing.Slow;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is old and needed by nobody goes; all else stays. */
@Slow
@QuarkusTest
@TestProfile(BatchProfile.class)
class FileRetentionTest {
  private static final Duration KEEP = Duration.ofDays(10);
  private static final Instant OLD = Instant.now().minus(Duration.ofDays(20));

  private final FakeCalls calls;
  private final FileRetention retention;
  private final Database database;
  private final CountDownLatch held = new CountDownLatch(1);
  private long made;

  FileRetentionTest(FakeCalls calls, FileRetention retention, Database database) {
    this.calls = calls;
    this.retention = retention;
    this.database = database;
  }

  @BeforeEach
  void reset() {
    calls.reset();
  }

  @AfterEach
  void letGo() {
    held.countDown();
  }

  /** Gives a row of {@code files} another id and time, as if it had been made then. */
  private String aged(String file) {
    UUID first = Ids.firstOf(OLD);
    UUID id = new UUID(first.getMostSignificantBits(), first.getLeastSignificantBits() + ++made);
    String plain = WireId.file(id);
    database.update(
        Statement.of(
            "test.copy",
            """
            INSERT INTO files (id, owner_id, purpose, name, bytes, created_at, completed_at)
            SELECT $1, owner_id, purpose, name, bytes, $2, $2 FROM files WHERE id = $3
            """),
        id,
        OLD.atOffset(ZoneOffset.UTC),
        WireId.parseFile(file));
    database.update(
        Statement.of(
            "test.copy_pieces",
            "INSERT INTO file_pieces SELECT $1, number, bytes FROM file_pieces WHERE file_id = $2"),
        id,
        WireId.parseFile(file));
    return plain;
  }

  private static int status(String path) {
    return given().get(path).statusCode();
  }

  @Test
  void old_files_go_and_young_ones_stay() {
    // Given
    String young = Client.upload(Client.lines("a", 1));
    for (int i = 0; i < 25; i++) {
      aged(young);
    }
    String old = aged(young);

    // When
    retention.sweep(KEEP);

    // Then
    assertThat(status("/v1/files/" + old)).isEqualTo(404);
    assertThat(status("/v1/files/" + young)).isEqualTo(200);
    assertThat(
            database
                .query(
                    Statement.of(
                        "test.old",
                        "SELECT count(*) AS n FROM files WHERE owner_id = $1 AND id < $2"),
                    Caller.LOCAL_OWNER,
                    Ids.firstOf(OLD.plusSeconds(1)))
                .getFirst()
                .getLong("n"))
        .isZero();
  }

  @Test
  void the_file_of_an_unfinished_batch_stays_until_the_batch_has_ended() {
    // Given
    calls.script(
        input -> {
          try {
            held.await(LONG.toSeconds(), TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return FakeCalls.echo(input);
        });
    String file = aged(Client.upload(Client.lines("a", 1)));
    String batch = Client.make(file).then().statusCode(200).extract().path("id");
    retention.sweep(KEEP);
    assertThat(status("/v1/files/" + file)).isEqualTo(200);

    // When
    held.countDown();
    Client.awaitEnd(batch);
    retention.sweep(KEEP);

    // Then
    assertThat(status("/v1/files/" + file)).isEqualTo(404);
    assertThat(status("/v1/batches/" + batch)).isEqualTo(200);
  }

  @Test
  void batches_that_ended_long_ago_go() {
    // Given
    String batch = Client.begin(Client.lines("a", 1));
    Client.awaitEnd(batch);
    assertThat(status("/v1/batches/" + batch)).isEqualTo(200);

    // When, then: all that ended before now is old
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              retention.sweep(Duration.ofSeconds(1));
              assertThat(status("/v1/batches/" + batch)).isEqualTo(404);
            });
  }

  @Test
  void a_file_says_when_it_may_be_removed() {
    // Given
    String file = Client.upload(Client.lines("a", 1));

    // When
    JsonPath seen = given().get("/v1/files/" + file).jsonPath();

    // Then
    assertThat(seen.getLong("expires_at") - seen.getLong("created_at"))
        .isEqualTo(Duration.ofDays(30).toSeconds());
  }
}
