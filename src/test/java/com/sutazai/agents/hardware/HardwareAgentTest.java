package com.sutazai.agents.hardware;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasKey;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class HardwareAgentTest {
  private final String cleanupRoots;

  HardwareAgentTest(
      @ConfigProperty(name = "sutazai.agents.hardware.cleanup-roots") String cleanupRoots) {
    this.cleanupRoots = cleanupRoots;
  }

  @BeforeEach
  void anAllowedFolder() throws IOException {
    Files.createDirectories(Path.of(cleanupRoots));
  }

  private static ValidatableResponse run(String type, String payload) {
    return given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body("{\"type\":\"" + type + "\",\"max_retries\":0,\"payload\":" + payload + "}")
        .post("/api/tasks")
        .then()
        .statusCode(200);
  }

  @Test
  void a_report_tells_what_the_system_measures() {
    ValidatableResponse report = run("resource_report", "{\"window_seconds\":1}");
    report
        .body("status", equalTo("completed"))
        .body("result.resources.cpu.capacity", greaterThan(0f))
        .body("result.process.window_ms", greaterThanOrEqualTo(1000))
        .body("result.process.processors_used", greaterThan(0f))
        .body("result", allOf(hasKey("control_group_version"), hasKey("throttled_periods")))
        .body("result.pressure", hasKey("io"));
    JsonPath process = report.extract().jsonPath().setRootPath("result.process");
    assertThat(process.getLong("resident_bytes")).isGreaterThan(10_000_000);
    assertThat(process.getLong("heap_used_bytes")).isPositive();
  }

  @Test
  void a_cleanup_deletes_in_an_allowed_folder_alone() throws Exception {
    // Given
    Path folder = Path.of(cleanupRoots, UUID.randomUUID().toString());
    Instant old = Instant.now().minus(Duration.ofDays(30));
    Path temporary = Trees.file(folder, "old.tmp", "12345", old);
    Path kept = Trees.file(folder, "kept.txt", "12345", old);
    String payload = "{\"root\":\"" + folder + "\",\"dry_run\":%s}";

    // When
    run("storage_cleanup", payload.formatted(true)).body("result.deleted.files", equalTo(1));
    assertThat(temporary).exists();
    run("storage_cleanup", payload.formatted(false))
        .body("result.freed_bytes", equalTo(5))
        .body("result.actions[0].action", equalTo("delete_temporary"))
        .body("result.actions[0].done", equalTo(true));

    // Then
    assertThat(temporary).doesNotExist();
    assertThat(kept).exists();
    Files.delete(kept);
    Files.delete(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "storage_analysis|{}|set sutazai.agents.hardware.roots",
        "storage_analysis|[]|payload must be a JSON object",
        "storage_analysis|{'largest':0}|payload.largest must be a whole number between 1 and 100, is 0",
        "storage_analysis|{'max_files':100001}|payload.max_files must be a whole number between 1 and 100000",
        "storage_analysis|{'duplicates':'yes'}|payload.duplicates must be true or false",
        "storage_cleanup|{'root':7}|payload.root must be a text",
        "storage_cleanup|{'root':'/etc'}|payload.root must be one of",
        "storage_cleanup|{'root':'../..'}|payload.root must be the absolute path",
        "storage_cleanup|{'dry_run':0}|payload.dry_run must be true or false",
        "storage_cleanup|{'what':['everything']}|payload.what must be an array of some of logs, temp",
        "storage_cleanup|{'delete_logs_after_days':0}|payload.delete_logs_after_days must be a whole number between 1",
        "storage_cleanup|{'max_seconds':301}|payload.max_seconds must be a whole number between 1 and 300",
        "storage_cleanup|{'force':true}|payload.force is not a known field",
        "resource_report|{'window_seconds':61}|payload.window_seconds must be a whole number between 0 and 60",
        "tune|{'window_seconds':0}|payload.window_seconds must be a whole number between 1 and 600",
        "tune|{'apply':'all'}|payload.apply must be true or false",
        "tune|{'apply':true,'window_seconds':150}|payload.window_seconds needs a task whose timeout_seconds is more than 300",
      })
  void a_payload_that_breaks_a_rule_fails_with_the_rule(String type, String payload, String rule) {
    run(type, payload.replace('\'', '"'))
        .body("status", equalTo("failed"))
        .body("error.detail", containsString(rule));
  }
}
