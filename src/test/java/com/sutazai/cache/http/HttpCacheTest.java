package com.sutazai.cache.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import com.sutazai.cache.Changes;
import com.sutazai.cache.http.CountedResource.Behaviour;
import com.sutazai.cache.http.CountedResource.Behaviours;
import com.sutazai.cache.http.KeptResponses.Prepared;
import com.sutazai.platform.caller.Caller;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What RFC 9111 (caching), RFC 9110 (semantics) and RFC 9211 (Cache-Status) say, each by its
 * section.
 */
@QuarkusTest
class HttpCacheTest {
  /** Only ends a test that waits in vain. */
  private static final Duration FOREVER = Duration.ofMinutes(1);

  private static final String TTL = "sutazai; hit; ttl=\\d+";

  private final Behaviours resource;
  private final Changes changes;
  private final KeptResponses responses;
  private final String id = UUID.randomUUID().toString();
  private final String path = "/api/counted/" + id;

  HttpCacheTest(Behaviours resource, Changes changes, KeptResponses responses) {
    this.resource = resource;
    this.changes = changes;
    this.responses = responses;
  }

  private void resourceSays(int status, String header, String value) {
    resource.set(id, new Behaviour(status, Map.of(header, value), new CountDownLatch(0)));
  }

  private static ValidatableResponse get(String path, String... headers) {
    var request = given().urlEncodingEnabled(false);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request.get(path).then();
  }

  private int runs() {
    return resource.runs(id);
  }

  @Test
  void rfc9111_3_an_answer_is_kept_and_given_again() {
    // Given
    get(path).statusCode(200).header("X-Cache", equalTo("MISS"));

    // When
    ValidatableResponse again = get(path);

    // Then
    again
        .statusCode(200)
        .header("X-Cache", equalTo("HIT"))
        .header("Content-Type", equalTo("application/json;charset=UTF-8"))
        .header("Content-Length", equalTo("9"))
        .body("run", equalTo(1));
    assertThat(runs()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 204, 404, 500, 503})
  void rfc9111_3_only_200_is_kept(int status) {
    // Given
    resourceSays(status, "X-Test", "1");
    get(path).statusCode(status);

    // When
    ValidatableResponse again = get(path);

    // Then
    again
        .statusCode(status)
        .header("X-Cache", equalTo("MISS"))
        .header("Cache-Status", equalTo("sutazai; fwd=uri-miss"));
    assertThat(runs()).isEqualTo(2);
  }

  @Test
  void rfc9111_3_1_the_resources_own_fields_are_kept_and_those_of_the_connection_are_not() {
    // Given
    resource.set(
        id,
        new Behaviour(
            200, Map.of("Link", "<a>; rel=b", "Keep-Alive", "timeout=5"), new CountDownLatch(0)));
    get(path);

    // When, then
    get(path)
        .header("X-Cache", equalTo("HIT"))
        .header("Link", equalTo("<a>; rel=b"))
        .header("Keep-Alive", nullValue());
  }

  @ParameterizedTest
  @CsvSource({
    "?a=1&b=2, ?b=2&a=1",
    "?%61=x%20y, ?a=x+y",
    "?a=%7e, ?a=~",
    "?a=1, ?a=1&",
  })
  void rfc9111_4_1_queries_that_mean_the_same_share_an_entry(String first, String second) {
    // Given
    get(path + first);

    // When, then
    get(path + second).header("X-Cache", equalTo("HIT"));
  }

  @ParameterizedTest
  @CsvSource({
    "?a=1&a=2, ?a=2&a=1",
    "?a=1%26b=2, ?a=1&b=2",
    "?a=1, ?a=2",
    "?a=%ff, ?a=%fe",
    "?a, ?b",
    "'', ?a"
  })
  void rfc9111_4_1_queries_that_differ_do_not(String first, String second) {
    // Given
    get(path + first);

    // When, then
    get(path + second).header("X-Cache", equalTo("MISS"));
  }

  @Test
  void rfc9111_4_1_another_accept_has_its_own_entry() {
    // Given
    get(path, "Accept", "application/json");

    // When, then
    get(path, "Accept", "*/*").header("X-Cache", equalTo("HIT"));
    get(path, "Accept", "application/*, text/html;q=0.1").header("X-Cache", equalTo("MISS"));
  }

  @ParameterizedTest
  @CsvSource({
    "5.2.1.1, max-age=0",
    "5.2.1.1, max-age=nonsense",
    "5.2.1.3, min-fresh=1000",
    "5.2.1.4, no-cache",
    "5.2.1.4, 'max-stale=5, No-Cache'",
    "5.2.1.5, no-store",
  })
  void rfc9111_5_2_1_directives_that_the_resource_has_to_answer(String section, String directive) {
    // Given
    get(path);

    // When
    ValidatableResponse answer = get(path, "Cache-Control", directive);

    // Then
    answer
        .statusCode(200)
        .header("X-Cache", equalTo("MISS"))
        .header("Cache-Status", startsWith("sutazai; fwd=request"))
        .body("run", equalTo(2));
  }

  @ParameterizedTest
  @CsvSource({
    "5.2.1.1, max-age=100",
    "5.2.1.2, max-stale",
    "5.2.1.3, min-fresh=10",
    "5.2.1.6, no-transform",
    "5.2.1.7, only-if-cached",
    "5.2.3, 'unknown=\"no-cache, no-store\"'",
  })
  void rfc9111_5_2_1_directives_that_an_entry_may_answer(String section, String directive) {
    // Given
    get(path);

    // When, then
    get(path, "Cache-Control", directive).header("X-Cache", equalTo("HIT"));
  }

  @Test
  void rfc9111_5_2_1_4_what_no_cache_brought_is_kept_for_others() {
    // Given
    get(path);
    get(path, "Cache-Control", "no-cache").body("run", equalTo(2));

    // When, then
    get(path).header("X-Cache", equalTo("HIT")).body("run", equalTo(2));
  }

  @Test
  void rfc9111_5_2_1_5_of_a_request_with_no_store_nothing_is_kept() {
    // Given
    get(path, "Cache-Control", "no-store").header("Cache-Status", equalTo("sutazai; fwd=request"));

    // When, then
    get(path).header("X-Cache", equalTo("MISS")).body("run", equalTo(2));
  }

  @Test
  void rfc9111_5_2_1_7_only_if_cached_never_reaches_the_resource() {
    // When
    ValidatableResponse answer = get(path, "Cache-Control", "only-if-cached");

    // Then
    answer
        .statusCode(504)
        .contentType("application/problem+json")
        .header("X-Cache", equalTo("MISS"))
        .header("Cache-Status", equalTo("sutazai; detail=only-if-cached"))
        .body("code", equalTo("not_cached"));
    assertThat(runs()).isZero();
  }

  @Test
  void rfc9111_5_4_pragma_counts_without_cache_control_alone() {
    // Given
    get(path);

    // When, then
    get(path, "Pragma", "no-cache", "Cache-Control", "max-age=100")
        .header("X-Cache", equalTo("HIT"));
    get(path, "Pragma", "no-cache").header("X-Cache", equalTo("MISS"));
  }

  @ParameterizedTest
  @CsvSource({
    "5.2.2.1, Cache-Control, max-age=0",
    "5.2.2.1, Cache-Control, max-age=-1",
    "5.2.2.4, Cache-Control, no-cache",
    "5.2.2.4, Cache-Control, 'no-cache=\"X-Test\"'",
    "5.2.2.5, Cache-Control, 'max-age=60, no-store'",
    "5.2.2.10, Cache-Control, 'max-age=60, s-maxage=0'",
    "4.1, Vary, *",
    "4.1, Vary, 'Accept, User-Agent'",
    "5.3, Expires, 0",
    "7.3, Set-Cookie, a=b",
  })
  void rfc9111_5_2_2_answers_that_are_not_kept(String section, String header, String value) {
    // Given
    resourceSays(200, header, value);
    get(path).header(header, notNullValue());

    // When
    ValidatableResponse again = get(path);

    // Then
    again
        .header("X-Cache", equalTo("MISS"))
        .header("Cache-Status", equalTo("sutazai; fwd=uri-miss"))
        .body("run", equalTo(2));
  }

  @ParameterizedTest
  @CsvSource({
    "5.2.2.1, Cache-Control, max-age=60",
    "5.2.2.7, Cache-Control, private",
    "5.2.2.9, Cache-Control, public",
    "5.2.2.10, Cache-Control, 'max-age=0, s-maxage=60'",
    "4.1, Vary, Accept",
  })
  void rfc9111_5_2_2_answers_that_are_kept(String section, String header, String value) {
    // Given
    resourceSays(200, header, value);
    get(path);

    // When, then
    get(path).header("X-Cache", equalTo("HIT")).header(header, startsWith(value));
  }

  @Test
  void rfc9111_4_2_1_max_age_shortens_the_regions_time() {
    // Given
    resourceSays(200, "Cache-Control", "max-age=60");
    get(path);

    // When, then
    get(path).header("Cache-Status", matchesPattern("sutazai; hit; ttl=(60|[1-5]?\\d)"));
  }

  @Test
  void rfc9111_4_2_4_past_its_end_it_is_answered_while_another_asks_the_resource()
      throws Exception {
    // Given
    resourceSays(200, "Cache-Control", "max-age=1");
    get(path);
    await()
        .atMost(FOREVER)
        .until(
            () -> given().header("Cache-Control", "only-if-cached").get(path).statusCode() == 504);
    var gate = new CountDownLatch(1);
    resource.set(id, new Behaviour(200, Map.of("Cache-Control", "max-age=60"), gate));
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<ValidatableResponse> asking = callers.submit(() -> get(path));
      await().atMost(FOREVER).until(() -> runs() == 2);

      // When
      ValidatableResponse late = get(path);

      // Then
      late.header("Cache-Status", matchesPattern("sutazai; hit; ttl=-\\d+"))
          .header("X-Cache", equalTo("HIT"))
          .header("Age", matchesPattern("[1-9]\\d*"))
          .body("run", equalTo(1));
      Future<ValidatableResponse> strict =
          callers.submit(() -> get(path, "Cache-Control", "max-age=100"));
      gate.countDown();
      asking.get().body("run", equalTo(2));
      strict.get().body("run", greaterThanOrEqualTo(2));
      get(path).header("X-Cache", equalTo("HIT")).body("run", greaterThanOrEqualTo(2));
    }
  }

  @Test
  void rfc9111_4_4_an_entry_is_gone_when_what_it_was_made_of_changed() {
    // Given
    get(path);
    changes.changed("counted:" + id);

    // When, then
    get(path).header("X-Cache", equalTo("MISS")).body("run", equalTo(2));
  }

  @Test
  void rfc9111_5_1_a_hit_tells_its_age_and_a_miss_has_none() {
    get(path).header("Age", nullValue());
    get(path).header("Age", matchesPattern("\\d+"));
  }

  @Test
  void rfc9211_every_answer_says_how_the_cache_took_part() {
    get(path).header("Cache-Status", equalTo("sutazai; fwd=uri-miss; stored"));
    get(path).header("Cache-Status", matchesPattern(TTL));
    get(path, "Cache-Control", "no-cache")
        .header("Cache-Status", equalTo("sutazai; fwd=request; stored"));
  }

  @Test
  void rfc9111_5_2_2_the_caller_may_keep_it_and_asks_first() {
    get(path)
        .header("Cache-Control", equalTo("private, no-cache"))
        .header("Vary", equalTo("Accept, Authorization"));
    get(path)
        .header("Cache-Control", equalTo("private, no-cache"))
        .header("Vary", equalTo("Accept, Authorization"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"v1\"", "W/\"v1\"", "\"v0\", \"v1\"", "\"a,b\" , W/\"v1\"", "*"})
  void rfc9110_13_1_2_a_representation_that_the_caller_has_is_304(String ifNoneMatch) {
    // Given
    resourceSays(200, "ETag", "\"v1\"");

    // When
    ValidatableResponse miss = get(path, "If-None-Match", ifNoneMatch);
    ValidatableResponse hit = get(path, "If-None-Match", ifNoneMatch);

    // Then
    miss.statusCode(304).header("X-Cache", equalTo("MISS")).header("ETag", equalTo("\"v1\""));
    hit.statusCode(304).header("X-Cache", equalTo("HIT")).header("ETag", equalTo("\"v1\""));
    assertThat(runs()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"v2\"", "v1", "\"v1", "\"\"", "W/\"v\"", "\"*\""})
  void rfc9110_13_1_2_one_who_has_another_representation_is_answered_by_the_resource(
      String ifNoneMatch) {
    // Given
    resourceSays(200, "ETag", "\"v1\"");
    get(path);

    // When
    ValidatableResponse answer = get(path, "If-None-Match", ifNoneMatch);

    // Then
    answer
        .statusCode(200)
        .header("Cache-Status", equalTo("sutazai; fwd=request; stored"))
        .body("run", equalTo(2));
  }

  @Test
  void rfc9110_13_1_2_the_lines_of_a_field_are_one_list() {
    // Given
    resourceSays(200, "ETag", "\"v1\"");
    get(path);

    // When, then
    get(path, "If-None-Match", "\"v0\"", "If-None-Match", "\"v1\"").statusCode(304);
  }

  @Test
  void rfc9110_8_8_3_a_body_without_a_tag_of_its_own_gets_a_strong_one() {
    // Given
    String tag =
        get(path).header("ETag", matchesPattern("\"[\\w-]{22}\"")).extract().header("ETag");

    // When, then
    get(path, "If-None-Match", tag).statusCode(304);
  }

  @Test
  void rfc9110_15_4_5_304_has_the_fields_of_200_that_tell_of_caching_and_no_body() {
    // Given
    resource.set(
        id,
        new Behaviour(
            200,
            Map.of("ETag", "\"v1\"", "Content-Location", "/x", "Link", "<a>"),
            new CountDownLatch(0)));
    get(path);

    // When
    ValidatableResponse hit = get(path, "If-None-Match", "\"v1\"");

    // Then
    hit.statusCode(304)
        .header("ETag", equalTo("\"v1\""))
        .header("Cache-Control", equalTo("private, no-cache"))
        .header("Vary", equalTo("Accept, Authorization"))
        .header("Content-Location", equalTo("/x"))
        .header("Content-Type", nullValue())
        .header("Link", nullValue())
        .body(equalTo(""));
  }

  @Test
  void rfc9110_13_1_3_and_14_2_times_and_ranges_are_not_heeded() {
    // Given
    get(path, "Range", "bytes=0-1").statusCode(200).header("X-Cache", equalTo("MISS"));
    get(path, "Range", "bytes=0-1").statusCode(200).header("X-Cache", equalTo("MISS"));
    get(path);

    // When, then
    get(path, "Range", "bytes=0-1", "If-Range", "\"v1\"")
        .statusCode(200)
        .header("X-Cache", equalTo("HIT"));
    get(path, "If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT").statusCode(200);
  }

  @Test
  void rfc9110_9_3_2_head_says_what_get_does_and_shares_its_entry() {
    // When
    var miss = given().head(path).then();
    var hit = given().head(path).then();

    // Then
    miss.statusCode(200)
        .header("X-Cache", equalTo("MISS"))
        .header("Content-Length", equalTo("9"))
        .header("Content-Type", equalTo("application/json;charset=UTF-8"));
    hit.statusCode(200).header("X-Cache", equalTo("HIT")).header("Content-Length", equalTo("9"));
    get(path).header("X-Cache", equalTo("HIT")).body("run", equalTo(1));
    assertThat(runs()).isEqualTo(1);
  }

  @Test
  void rfc9111_4_requests_for_the_same_at_the_same_time_run_the_resource_once() throws Exception {
    // Given
    var gate = new CountDownLatch(1);
    resource.set(id, new Behaviour(200, Map.of(), gate));

    // When
    List<Integer> answers = together(20, gate, () -> get(path).extract().path("run"));

    // Then
    assertThat(answers).hasSize(20).containsOnly(1);
    assertThat(runs()).isEqualTo(1);
  }

  @Test
  void rfc9111_4_what_is_not_kept_is_asked_for_by_each() throws Exception {
    // Given
    var gate = new CountDownLatch(1);
    resource.set(id, new Behaviour(200, Map.of("Cache-Control", "no-store"), gate));

    // When
    List<Integer> answers = together(10, gate, () -> get(path).extract().path("run"));

    // Then
    assertThat(answers).doesNotHaveDuplicates().hasSize(10);
  }

  private static <T> List<T> together(int count, CountDownLatch gate, Callable<T> ask)
      throws Exception {
    var sent = new CountDownLatch(count);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> answers =
          IntStream.range(0, count)
              .mapToObj(
                  i ->
                      callers.submit(
                          () -> {
                            sent.countDown();
                            return ask.call();
                          }))
              .toList();
      sent.await();
      gate.countDown();
      List<T> results = new ArrayList<>();
      for (Future<T> answer : answers) {
        results.add(answer.get());
      }
      return results;
    }
  }

  @Test
  void an_answer_that_was_prepared_is_given() {
    // Given
    var start = responses.begin(Kept.RESPONSE);
    responses.put(
        Kept.RESPONSE,
        start,
        Caller.LOCAL,
        new Prepared(path, "/api/counted/{id}", "{\"run\":0}", Set.of("counted:" + id)));

    // When, then
    get(path).header("X-Cache", equalTo("HIT")).body("run", equalTo(0));
    assertThat(runs()).isZero();
  }

  @Test
  void a_hit_is_counted_under_its_routes_template() {
    // Given
    get(path);

    // When, then: again until all answers of before are counted
    await()
        .atMost(FOREVER)
        .until(
            () -> {
              double before = counted();
              get(path).header("X-Cache", equalTo("HIT"));
              return counted() == before + 1;
            });
  }

  private static double counted() {
    return given()
        .get("/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith("app_requests_total{"))
        .filter(line -> line.contains("endpoint=\"/api/counted/{id}\""))
        .filter(line -> line.contains("method=\"GET\"") && line.contains("status=\"200\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void routes_that_are_not_marked_have_none_of_its_fields() {
    for (String field :
        List.of("X-Cache", "Cache-Status", "Age", "ETag", "Vary", "Cache-Control")) {
      get("/api/agents").header(field, nullValue());
    }
  }

  @Test
  void a_body_of_a_hit_is_dropped_and_the_connection_goes_on() {
    // Given
    get(path);

    // When, then
    for (int i = 0; i < 3; i++) {
      given()
          .contentType("application/json")
          .body("{}")
          .get(path)
          .then()
          .header("X-Cache", equalTo("HIT"));
    }
  }
}
