package com.sutazai.platform.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.net.AddressGuard.ForbiddenAddressException;
import com.sutazai.testing.Receiver;
import com.sutazai.testing.Receiver.Answer;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CWE-918: a caller's URL leads nowhere that the caller could not go. */
class DownloadsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Vertx vertx = Vertx.vertx();
  private final Receiver receiver = Receiver.start();
  private final AddressGuard guard = AddressGuard.standalone();
  private final Downloads downloads = new Downloads(vertx, guard);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @AfterEach
  void close() {
    receiver.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private static Downloads.Limits limits(boolean allowPrivate, long maxBytes) {
    return new Downloads.Limits(allowPrivate, "sutazai.test", maxBytes, PATIENCE);
  }

  private long fetch(String url, Downloads.Limits limits) throws Exception {
    return downloads.fetch(url, Map.of(), limits, (status, length, headers) -> out);
  }

  @Test
  void what_is_allowed_is_fetched_to_its_end() throws Exception {
    // Given
    String body = "piece".repeat(100_000);
    receiver.behave(call -> new Answer(200, body, Map.of()));

    // When
    long bytes = fetch(receiver.url("/model.gguf?a=b"), limits(true, 1 << 20));

    // Then
    assertThat(bytes).isEqualTo(body.length());
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(body);
    assertThat(receiver.calls().getFirst().target()).isEqualTo("/model.gguf?a=b");
    assertThat(receiver.calls().getFirst().headers())
        .containsEntry("host", "127.0.0.1:" + receiver.port());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1/",
        "http://localhost/",
        "http://a.localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::7f00:1]/",
        "http://10.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://017700000001/",
        "http://user@127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "ftp://example.org/",
        "http:/etc/passwd",
        "//example.org"
      })
  void what_leads_to_this_machine_is_refused_by_what_it_says(String url) {
    assertThatThrownBy(() -> fetch(url, limits(false, 1 << 20)))
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("url ");
  }

  @Test
  void a_name_is_judged_by_what_it_leads_to() {
    assertThatThrownBy(() -> guard.destinations(URI.create("http://localhost/x"), false, PATIENCE))
        .isInstanceOf(ForbiddenAddressException.class);
  }

  @Test
  void the_address_that_was_judged_is_the_one_that_is_gone_to() throws Exception {
    // When
    List<AddressGuard.Destination> found =
        guard.destinations(URI.create("https://127.0.0.1:8443/a?b"), true, PATIENCE);

    // Then
    var request = found.getFirst().request(io.vertx.core.http.HttpMethod.GET);
    assertThat(request.getServer().host()).isEqualTo("127.0.0.1");
    assertThat(request.getServer().port()).isEqualTo(8443);
    assertThat(request.getFollowRedirects()).isFalse();
    assertThat(request.isSsl()).isTrue();
  }

  @Test
  void a_redirect_is_judged_like_the_first_url() {
    // Given
    receiver.behave(call -> new Answer(302, "", Map.of("Location", "file:///etc/passwd")));

    // When, then
    assertThatThrownBy(() -> fetch(receiver.url("/"), limits(true, 1 << 20)))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("redirect");
    assertThat(receiver.calls()).hasSize(1);
  }

  @Test
  void redirects_that_go_on_are_given_up() {
    // Given
    receiver.behave(call -> new Answer(302, "", Map.of("Location", "/again")));

    // When, then
    assertThatThrownBy(() -> fetch(receiver.url("/"), limits(true, 1 << 20)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("redirect");
    assertThat(receiver.calls()).hasSizeLessThan(10);
  }

  @Test
  void more_than_is_allowed_is_not_taken() {
    // Given
    receiver.behave(call -> new Answer(200, "x".repeat(100_000), Map.of()));

    // When, then
    assertThatThrownBy(() -> fetch(receiver.url("/"), limits(true, 1000)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("1000");
    assertThat(out.size()).isLessThanOrEqualTo(1000);
  }
}
