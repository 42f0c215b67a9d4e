package com.sutazai.tasks.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.StartException;
import com.sutazai.platform.net.AddressGuard;
import com.sutazai.testing.Receiver;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules on addresses and secrets as they are by default, without a setting of the tests. */
@QuarkusTest
class CallbacksTest {
  private final CallbackRepository repository;
  private final Vertx vertx;
  private final AddressGuard guard;

  CallbacksTest(CallbackRepository repository, Vertx vertx, AddressGuard guard) {
    this.repository = repository;
    this.vertx = vertx;
    this.guard = guard;
  }

  record Config(
      boolean allowPrivate,
      Optional<String> secret,
      int maxAttempts,
      Duration retryPause,
      Duration timeout,
      int concurrency)
      implements CallbackConfig {}

  static Config strict() {
    return new Config(
        false, Optional.empty(), 8, Duration.ofSeconds(10), Duration.ofSeconds(10), 10);
  }

  @Test
  void a_secret_that_is_set_signs_for_all_and_is_told_to_admins_alone() {
    // Given
    String set = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    Secrets secrets =
        new Secrets(
            new Config(false, Optional.of(set), 8, Duration.ZERO, Duration.ZERO, 1), repository);
    Caller other = new Caller(UUID.randomUUID(), "other", false);

    // When, then
    assertThat(secrets.of(Caller.LOCAL)).isEqualTo(set);
    assertThatThrownBy(() -> secrets.of(other)).hasMessageContaining("administrator");
  }

  @Test
  void without_one_an_owner_has_a_secret_of_its_own_that_stays() {
    Secrets secrets = new Secrets(strict(), repository);
    Caller system = new Caller(Caller.SYSTEM_OWNER, "system", false);

    assertThat(secrets.of(Caller.LOCAL))
        .isEqualTo(secrets.of(Caller.LOCAL))
        .isNotEqualTo(secrets.of(system));
  }

  private Callback checked(String url) {
    return new Callbacks(strict(), repository).checked("callback_url", url);
  }

  @ParameterizedTest
  @CsvSource({
    "http://example.com,example.com:80",
    "https://example.com/hook?token=a%20b,example.com:443",
    "HTTPS://Example.COM:8443/x,example.com:8443",
    "http://1.1.1.1/,1.1.1.1:80",
    "http://[2606:4700::1111]:81/,[2606:4700::1111]:81",
    "http://localhost.example.com/,localhost.example.com:80",
  })
  void an_address_of_the_internet_is_taken(String url, String receiver) {
    assertThat(checked(url).receiver()).isEqualTo(receiver);
  }

  /** CWE-918: what a caller names is of the public internet, however it is written. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ftp://example.com/|http://",
        "example.com/hook|http://",
        "//example.com/hook|http://",
        "mailto:a@example.com|http://",
        "http://user:password@example.com/|user",
        "http://user@example.com/|user",
        "http:///hook|host",
        "http:hook|host",
        "http://exa mple.com/|no URL",
        "http://exämple.com/|host",
        "http://2130706433/|host",
        "http://127.1/|host",
        "http://0x7f000001/|host",
        "http://example.1/|host",
        "http://0x7f.0.0.1/|host",
        "http://example.com:0/|port",
        "http://example.com:65536/|port",
        "http://example.com/#part|fragment",
        "http://localhost:3000/|allow-private",
        "http://LOCALHOST./|allow-private",
        "http://app.localhost/|allow-private",
        "http://127.0.0.1:3000/|allow-private",
        "http://169.254.169.254/latest/meta-data|allow-private",
        "http://[::1]/|allow-private",
        "http://[::ffff:192.168.1.1]/|allow-private",
        "http://[fe80::1]/|allow-private",
        "http://[fe80::1%25eth0]/|host",
        "http://192.168.1.1/|allow-private",
      })
  void another_address_is_refused_with_the_reason(String url, String reason) {
    assertThatThrownBy(() -> checked(url))
        .hasMessageStartingWith("callback_url ")
        .hasMessageContaining(reason);
  }

  @Test
  void an_address_with_a_line_end_is_refused() {
    assertThatThrownBy(() -> checked("http://example.com/\r\nHost: x"))
        .hasMessageContaining("is no URL");
  }

  @Test
  void a_long_address_is_refused() {
    assertThatThrownBy(() -> checked("http://example.com/" + "x".repeat(1982)))
        .hasMessageContaining("at most 2000 characters");
    assertThat(checked("http://example.com/" + "x".repeat(1981)).url()).hasSize(2000);
  }

  /** CWE-918: a name is judged by what it leads to when it is called. */
  @Test
  void a_name_that_leads_to_a_private_address_is_refused_when_it_is_called() throws Exception {
    // Given
    try (Receiver receiver = Receiver.start()) {
      CallbackClient client = new CallbackClient(vertx, guard, strict());

      // When
      Reply reply = client.post("http://localhost:" + receiver.port() + "/", Map.of(), new byte[0]);

      // Then
      assertThat(reply)
          .isInstanceOfSatisfying(
              Reply.Refused.class,
              refused -> assertThat(refused.reason()).contains("allow-private"));
      assertThat(receiver.calls()).isEmpty();
    }
  }

  /** The example of the specification. */
  @Test
  void a_message_is_signed_as_the_standard_has_it() {
    byte[] key = Signature.key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    String signature =
        Signature.of(
            key,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8));

    assertThat(signature).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void a_secret_that_is_made_has_32_bytes() {
    String secret = Signature.newSecret();

    assertThat(Base64.getDecoder().decode(secret.substring("whsec_".length()))).hasSize(32);
    assertThatCode(() -> Secrets.requireStrength(secret)).doesNotThrowAnyException();
    assertThat(Signature.newSecret()).isNotEqualTo(secret);
  }

  @ParameterizedTest
  @ValueSource(strings = {"short", "whsec_c2hvcnQ=", "whsec_not base64 at all"})
  void a_weak_secret_ends_the_start(String secret) {
    assertThatThrownBy(() -> Secrets.requireStrength(secret))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("SUTAZAI_TASKS_CALLBACK_SECRET");
  }
}
