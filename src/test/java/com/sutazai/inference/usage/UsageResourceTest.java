package com.sutazai.inference.usage;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;

import com.sutazai.inference.backend.Usage;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class UsageResourceTest {
  private static final String TIME = "from=2025-03-01&to=2025-03-31";

  private final Database database;
  private final UsageRepository repository;
  private final UsageRecorder recorder;
  private final UsageReports reports;
  private final UUID owner = UUID.randomUUID();
  private final UUID other = UUID.randomUUID();

  UsageResourceTest(
      Database database, UsageRepository repository, UsageRecorder recorder, UsageReports reports) {
    this.database = database;
    this.repository = repository;
    this.recorder = recorder;
    this.reports = reports;
  }

  @BeforeEach
  void twoOwnersWithUsage() {
    for (UUID id : List.of(owner, other)) {
      database.update(
          Statement.of("test.owner", "INSERT INTO owners (id, name) VALUES ($1, $2)"),
          id,
          "usage " + id);
    }
    repository.addOnce(
        database,
        UUID.randomUUID(),
        1,
        List.of(
            row(owner, 1, "a", 1000),
            row(owner, 1, "b", 2000),
            row(owner, 2, "a", 4000),
            row(owner, 2, "a", 500),
            row(other, 2, "a", 8000)));
  }

  private static UsageRow row(UUID owner, int day, String model, long promptTokens) {
    return UsageRow.of(
        owner,
        LocalDate.of(2025, 3, day),
        model,
        new Outcome(false, Usage.of(promptTokens, 0), 2_000_000, 10_000_000));
  }

  @AfterEach
  void leaveNothing() {
    for (UUID id : List.of(owner, other)) {
      database.update(
          Statement.of("test.delete_usage_of", "DELETE FROM model_usage WHERE owner_id = $1"), id);
      database.update(Statement.of("test.delete_owner", "DELETE FROM owners WHERE id = $1"), id);
    }
  }

  private static ValidatableResponse usage(String query) {
    return given().urlEncodingEnabled(false).get("/api/usage?" + query).then();
  }

  @Test
  void sums_come_by_day_and_model_with_their_total() {
    usage(TIME + "&owner=" + owner)
        .statusCode(200)
        .body("owner", equalTo("usage " + owner))
        .body("from", equalTo("2025-03-01"))
        .body("to", equalTo("2025-03-31"))
        .body("items.day", equalTo(List.of("2025-03-01", "2025-03-01", "2025-03-02")))
        .body("items.model", equalTo(List.of("a", "b", "a")))
        .body("items.requests", equalTo(List.of(1, 1, 2)))
        .body("items.prompt_tokens", equalTo(List.of(1000, 2000, 4500)))
        .body("items[2].cost_units", equalTo(4.5f))
        .body("items[2].queue_ms", equalTo(4f))
        .body("items[2].total_ms", equalTo(20f))
        .body("items[0].owner", equalTo(null))
        .body("totals.requests", equalTo(4))
        .body("totals.failed", equalTo(0))
        .body("totals.uncounted", equalTo(0))
        .body("totals.prompt_tokens", equalTo(7500))
        .body("totals.completion_tokens", equalTo(0))
        .body("totals.cost_units", equalTo(7.5f));
  }

  @Test
  void sums_are_grouped_as_asked_for() {
    usage(TIME + "&group_by=model&owner=" + owner)
        .body("items.model", equalTo(List.of("a", "b")))
        .body("items.prompt_tokens", equalTo(List.of(5500, 2000)));
    usage(TIME + "&group_by=owner,day&owner=usage+" + owner)
        .body("items.prompt_tokens", equalTo(List.of(3000, 4500)))
        .body("items[0].owner", equalTo("usage " + owner));
    usage("from=2025-03-02&to=2025-03-02&group_by=owner&owner=*")
        .body("owner", equalTo("*"))
        .body("items.owner", hasItem("usage " + owner))
        .body("items.owner", hasItem("usage " + other))
        .body("items.find { it.owner == 'usage " + other + "' }.prompt_tokens", equalTo(8000));
  }

  @Test
  void callers_see_their_own_and_what_they_were_answered_just_now() {
    // Given
    String model = "own-" + UUID.randomUUID();
    usage("group_by=model").body("items.model.findAll { it == '" + model + "' }", hasSize(0));

    // When
    recorder.record(Caller.LOCAL_OWNER, model, new Outcome(false, Usage.of(7, 2), 1_000, 2_000));

    // Then
    usage("group_by=model")
        .statusCode(200)
        .body("owner", equalTo("local"))
        .body("items.find { it.model == '" + model + "' }.completion_tokens", equalTo(2));
    given().get("/api/v1/usage").then().statusCode(200);
    given().get("/metrics").then().body(containsString("model_usage_rows_limit 10000.0"));
  }

  @Test
  void only_admins_see_all_and_who_names_oneself_sees_ones_own() {
    // Given
    Caller caller = new Caller(owner, "usage " + owner, false);
    UsageQuery query = UsageQuery.of("2025-03-01", "2025-03-31", null, reports.today());

    // When, then
    assertThatThrownBy(() -> reports.report(caller, "*", query))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
    assertThat(reports.report(caller, caller.ownerName(), query).items()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "from=x                          | from     | date such as",
        "from=%20                        | from     | date such as",
        "to=2026-02-30                   | to       | date such as",
        "to=2026-02-01T00:00:00Z         | to       | date such as",
        "from=2026-02-02&to=2026-02-01   | from     | after to",
        "from=2025-01-01&to=2026-01-02   | from     | at most 366",
        "group_by=,                      | group_by | day, model, owner",
        "group_by=day,week               | group_by | day, model, owner",
        "owner=%20                       | owner    | blank",
        "owner=%00                       | owner    | U+0000",
      })
  void bad_input_names_the_field_and_the_rule(String query, String field, String rule) {
    usage(query)
        .statusCode(400)
        .contentType("application/problem+json")
        .body("code", equalTo("invalid_request"))
        .body("field", equalTo(field))
        .body("detail", containsString(rule));
  }

  @Test
  void an_owner_that_is_not_there_is_not_found() {
    usage("owner=nobody").statusCode(404).body("detail", containsString("owner nobody"));
  }

  @Test
  void a_year_is_the_longest_time() {
    usage("from=2025-01-01&to=2026-01-01").statusCode(200);
  }
}
