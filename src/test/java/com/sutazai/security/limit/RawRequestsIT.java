package com.sutazai.security.limit;

import static io.restassured.RestAssured.given;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.Product;
import com.sutazai.testing.RawConnection;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes over a socket when no client library keeps to the rules. */
class RawRequestsIT {
  private static final int IDLE = 2000;
  private static final int MOST_OF_ONE = 2300;
  private static final String PROXY = "127.0.0.4";

  /** Longer than a busy machine holds up who sends all at once. */
  private static final String SLOWNESS = "6s";

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String POST =
      "POST /api/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";

  private final List<RawConnection> open = new ArrayList<>();

  @TempDir static Path folder;
  private static @Nullable Product product;

  @BeforeAll
  static void start() throws Exception {
    product =
        Product.up(
            folder,
            Map.of(
                "SUTAZAI_HTTP_IDLE_TIMEOUT",
                "0",
                "SUTAZAI_HTTP_HEADER_TIMEOUT",
                SLOWNESS,
                "SUTAZAI_HTTP_BODY_GRACE",
                SLOWNESS,
                "SUTAZAI_HTTP_MIN_BODY_RATE",
                "100000",
                "SUTAZAI_HTTP_TRUSTED_PROXIES",
                PROXY,
                "SUTAZAI_HTTP_MAX_CONNECTIONS_PER_ADDRESS",
                String.valueOf(MOST_OF_ONE)));
    RestAssured.port = product.port();
  }

  @AfterAll
  static void stop() throws Exception {
    RestAssured.reset();
    requireNonNull(product).close();
  }

  private static URI address() {
    return requireNonNull(product).uri("/");
  }

  private RawConnection connection() throws IOException {
    return kept(RawConnection.to(address()));
  }

  private RawConnection kept(RawConnection connection) {
    open.add(connection);
    return connection;
  }

  @BeforeEach
  void serverAnswers() {
    await().atMost(PATIENCE).until(() -> once().get("/health").statusCode() == 200);
  }

  @AfterEach
  void hangUp() {
    open.forEach(RawConnection::close);
    await().atMost(PATIENCE).until(() -> connections() < 50);
  }

  /** On a connection of its own that ends with the answer; else those of the test would count. */
  private static RequestSpecification once() {
    return given().header("Connection", "close");
  }

  private static double connections() {
    return metric("app_connections");
  }

  private static double metric(String name) {
    return once()
        .get("/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  static Stream<Arguments> ambiguous() {
    return Stream.of(
        Arguments.of("two lengths", POST + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        Arguments.of("one length twice", POST + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
        Arguments.of("a list of lengths", POST + "Content-Length: 2, 2\r\n\r\n{}"),
        Arguments.of("a negative length", POST + "Content-Length: -2\r\n\r\n{}"),
        Arguments.of("a length with a sign", POST + "Content-Length: +2\r\n\r\n{}"),
        Arguments.of("a hexadecimal length", POST + "Content-Length: 0x2\r\n\r\n{}"),
        Arguments.of(
            "an endless length", POST + "Content-Length: " + "9".repeat(40) + "\r\n\r\n{}"),
        Arguments.of("an unknown coding", POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "another coding", POST + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "two codings",
            POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "a coding and a length",
            POST + "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}"),
        Arguments.of(
            "a space before the colon", POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "a tab in the coding", POST + "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "chunks in HTTP/1.0",
            POST.replace("HTTP/1.1", "HTTP/1.0") + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of("bare line feeds", "GET /health HTTP/1.1\nHost: localhost\n\n"),
        Arguments.of("a bare line feed", "GET /health HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n"),
        Arguments.of("a bare return", "GET /health HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n"),
        Arguments.of("a zero byte", "GET /health HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n"),
        Arguments.of("no host", "GET /health HTTP/1.1\r\n\r\n"),
        Arguments.of("no host, old", "GET /health HTTP/1.0\r\n\r\n"),
        Arguments.of("two hosts", "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n"),
        Arguments.of(
            "a host in the target", "GET http://evil/health HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Arguments.of(
            "a header without colon", "GET /health HTTP/1.1\r\nHost: localhost\r\nfoo\r\n\r\n"),
        Arguments.of(
            "a header without name", "GET /health HTTP/1.1\r\nHost: localhost\r\n: v\r\n\r\n"),
        Arguments.of(
            "a space in the target", "GET /health foo HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  }

  /** CWE-444: what could be two things is neither, and nothing that follows it is read. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("ambiguous")
  void an_ambiguous_request_is_refused_and_the_last_of_its_connection(String what, String request)
      throws Exception {
    // When
    connection().send(request + HEALTH);

    // Then
    RawConnection.Answer answer = open.getLast().answer().orElseThrow();
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("\"code\":\"invalid_request\"");
    assertThat(open.getLast().statusesToTheEnd()).isEmpty();
  }

  /** CWE-444: a proxy that goes by the length would take the second request for a body's end. */
  @Test
  void what_follows_chunks_with_a_length_is_not_read() throws Exception {
    // When
    connection()
        .send(POST + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HEALTH);

    // Then
    assertThat(open.getLast().statusesToTheEnd()).containsExactly(400);
  }

  @Test
  void a_request_in_chunks_is_served_as_the_last_of_its_connection() throws Exception {
    // When
    connection().send(CHUNKED + "f\r\n{\"type\":\"noop\"}\r\n0\r\n\r\n" + HEALTH);

    // Then
    assertThat(open.getLast().statusesToTheEnd()).containsExactly(202);
  }

  static Stream<Arguments> brokenChunks() {
    return Stream.of(
        Arguments.of("no size", "zz\r\n{}\r\n0\r\n\r\n"),
        Arguments.of("a negative size", "-1\r\n{}\r\n0\r\n\r\n"),
        Arguments.of("an endless size", "ffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        Arguments.of("more than the size", "2\r\n{}XX\r\n0\r\n\r\n"),
        Arguments.of("a long extension", "2;" + "x".repeat(30_000) + "\r\n{}\r\n0\r\n\r\n"),
        Arguments.of("a bare line feed", "2;\n{}\r\n0\r\n\r\n"),
        Arguments.of("endless trailers", "2\r\n{}\r\n0\r\n" + "a: b\r\n".repeat(20_000) + "\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenChunks")
  void broken_chunks_end_the_connection(String what, String chunks) throws Exception {
    // When
    connection().sendIfOpen(CHUNKED + chunks + HEALTH);

    // Then
    assertThat(open.getLast().statusesToTheEnd()).doesNotContain(200, 202).hasSizeLessThan(2);
  }

  @Test
  void chunks_past_the_limit_are_refused() throws Exception {
    // When
    connection().send(CHUNKED);
    String chunk = "10000\r\n" + " ".repeat(0x10000) + "\r\n";
    boolean taken = IntStream.range(0, 40).allMatch(i -> open.getLast().sendIfOpen(chunk));

    // Then
    assertThat(open.getLast().statusesToTheEnd()).isSubsetOf(413);
    assertThat(taken || connections() < MOST_OF_ONE).isTrue();
  }

  static Stream<Arguments> tooLarge() {
    return Stream.of(
        Arguments.of("a long target", "GET /health?" + "a".repeat(9000) + " HTTP/1.1\r\n", 414),
        Arguments.of(
            "a long header", "GET /health HTTP/1.1\r\nX: " + "a".repeat(60_000) + "\r\n", 431),
        Arguments.of("many headers", "GET /health HTTP/1.1\r\n" + "a: b\r\n".repeat(101), 431));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tooLarge")
  void a_head_past_a_limit_is_refused(String what, String head, int status) throws Exception {
    // When
    connection().sendIfOpen(head + "Host: localhost\r\n\r\n");

    // Then
    RawConnection.Answer answer = open.getLast().answer().orElseThrow();
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.headers()).containsKey("x-request-id");
    assertThat(answer.headers().get("content-type")).startsWith("application/problem+json");
    assertThat(answer.body()).contains("sutazai.http.max-");
  }

  @Test
  void what_follows_a_head_that_is_too_long_is_not_read() throws Exception {
    // When: the first one is answered in its turn, the last one not at all
    connection().send(HEALTH + tooLong("/health") + HEALTH);

    // Then
    RawConnection.Answer first = open.getLast().answer().orElseThrow();
    RawConnection.Answer refused = open.getLast().answer().orElseThrow();
    assertThat(first.status()).isEqualTo(200);
    assertThat(refused.status()).isEqualTo(414);
    assertThat(refused.headers()).containsEntry("connection", "close");
    assertThat(open.getLast().statusesToTheEnd()).isEmpty();
  }

  /** More than the system takes at once: what is still on its way must not destroy the answer. */
  @Test
  void the_rest_of_a_long_head_does_not_take_the_answer_away() throws Exception {
    for (int i = 0; i < 20; i++) {
      connection().send(tooLong("/" + "b".repeat(500_000)));
      assertThat(open.getLast().answer().orElseThrow().status()).isEqualTo(414);
    }
  }

  private static String tooLong(String path) {
    return "GET " + path + "?" + "a".repeat(9000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }

  /** CWE-22: the gate judges the path that is written, the routes would take another. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/q/health/../../api/agents",
        "/q/health/%2e%2e/%2e%2e/api/agents",
        "/q/health/..%2f..%2fapi%2fagents",
        "/q/health/..;/..;/api/agents",
        "/q/health/..%5c..%5capi",
        "/api/./agents",
        "/api/agents/..",
        "//api/agents",
        "/api//agents"
      })
  void a_path_that_leads_elsewhere_is_refused(String path) throws Exception {
    // When
    connection().send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");

    // Then
    RawConnection.Answer answer = open.getLast().answer().orElseThrow();
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("\"code\":\"invalid_request\"");
    assertThat(answer.headers()).containsKey("x-request-id");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/agents/%", "/api/agents/%zz", "/q/health/..\\..\\api"})
  void a_malformed_path_is_refused(String path) throws Exception {
    // When
    connection().send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");

    // Then
    assertThat(open.getLast().answer().orElseThrow().status()).isEqualTo(400);
  }

  @Test
  void a_compressed_body_is_refused_and_the_connection_goes_on() throws Exception {
    // When
    connection().send(POST + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}" + HEALTH);

    // Then
    RawConnection.Answer refused = open.getLast().answer().orElseThrow();
    assertThat(refused.status()).isEqualTo(415);
    assertThat(refused.headers()).containsEntry("accept-encoding", "identity");
    assertThat(refused.body()).contains("Content-Encoding");
    assertThat(open.getLast().answer().orElseThrow().status()).isEqualTo(200);
  }

  @Test
  void a_head_that_does_not_come_to_its_end_is_given_up() throws Exception {
    // When
    connection().send("GET /health HTTP/1.1\r\nHost: local");

    // Then
    assertThat(open.getLast().statusesToTheEnd()).containsExactly(408);
  }

  @Test
  void a_head_that_comes_byte_by_byte_is_given_up() throws Exception {
    // Given
    RawConnection slow = connection().send(HEALTH);
    assertThat(slow.answer().orElseThrow().status()).isEqualTo(200);

    // When
    slow.send("GET /health HTTP/1.1\r\nX: ");
    await().atMost(PATIENCE).until(() -> !slow.sendIfOpen("a"));

    // Then
    assertThat(slow.statusesToTheEnd()).isSubsetOf(408);
  }

  @Test
  void what_is_no_http_is_given_up() throws Exception {
    // When
    connection().send("\u0016\u0003\u0001\u0002\u0000\u0001\u0000");

    // Then
    assertThat(open.getLast().statusesToTheEnd()).isSubsetOf(400, 408);
  }

  @Test
  void a_body_that_hardly_comes_is_given_up() throws Exception {
    // Given
    RawConnection slow = connection().send(POST + "Content-Length: 500000\r\n\r\n");

    // When
    await().atMost(PATIENCE).until(() -> !slow.sendIfOpen(" "));

    // Then
    assertThat(slow.statusesToTheEnd()).doesNotContain(200, 202);
    assertThat(metric("app_connections_slow_total{part=\"body\"}")).isPositive();
  }

  @Test
  void a_caller_that_waits_for_its_answer_is_not_slow() throws Exception {
    // Given
    String body =
        "{\"type\":\"noop\",\"run_at\":\"" + Instant.now().plus(Duration.ofHours(1)) + "\"}";

    // When
    connection()
        .send(POST + "Prefer: wait=14\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);

    // Then
    assertThat(open.getLast().answer().orElseThrow().status()).isEqualTo(202);
  }

  @Test
  void a_caller_that_leaves_in_the_middle_leaves_nothing_behind() throws Exception {
    // When
    for (int i = 0; i < 50; i++) {
      RawConnection.to(address()).send(POST + "Content-Length: 5000\r\n\r\n{").close();
    }

    // Then
    await().atMost(PATIENCE).until(() -> connections() < 20);
    await().atMost(PATIENCE).until(() -> metric("app_requests_open") == 0);
  }

  @Test
  void the_api_answers_others_beside_thousands_of_silent_connections() throws Exception {
    // Given
    for (int i = 0; i < IDLE; i++) {
      connection();
    }
    await().atMost(PATIENCE).until(() -> connections() >= IDLE);

    // When
    for (int i = 0; i < 100; i++) {
      once().get("/api/agents").then().statusCode(200);
    }

    // Then
    for (int i = 0; i < IDLE; i += 100) {
      assertThat(open.get(i).send(HEALTH).answer().orElseThrow().status()).isEqualTo(200);
    }
  }

  @Test
  void one_address_may_not_have_all_connections() throws Exception {
    // Given
    List<RawConnection> many = new ArrayList<>();
    for (int i = 0; i < MOST_OF_ONE; i++) {
      many.add(kept(RawConnection.from("127.0.0.2", address())).send(HEALTH));
    }
    for (RawConnection each : many) {
      assertThat(each.answer()).isPresent();
    }

    // When
    var oneTooMany = kept(RawConnection.from("127.0.0.2", address())).answer();
    var another = kept(RawConnection.from("127.0.0.3", address())).send(HEALTH).answer();

    // Then
    assertThat(oneTooMany).isEmpty();
    assertThat(another.orElseThrow().status()).isEqualTo(200);
    assertThat(metric("app_connections_refused_total{reason=\"address\"}")).isPositive();
    many.getFirst().close();
    await()
        .atMost(PATIENCE)
        .until(() -> RawConnection.from("127.0.0.2", address()).send(HEALTH).answer().isPresent());
  }

  @Test
  void a_trusted_proxy_may_have_more_for_it_brings_those_of_many() throws Exception {
    // Given
    List<RawConnection> many = new ArrayList<>();

    // When
    for (int i = 0; i <= MOST_OF_ONE; i++) {
      many.add(kept(RawConnection.from(PROXY, address())).send(HEALTH));
    }

    // Then
    for (RawConnection each : many) {
      assertThat(each.answer()).isPresent();
    }
  }
}
