package com.sutazai.security.key;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.security.key.UserRepository.Known;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * CWE-613: a login whose password is looked at while it changes begins no session, and one that
 * nobody uses ends before its time.
 */
@QuarkusTest
class SessionsTest {
  private static final Instant NOW = Instant.now();

  private final Database database;
  private final UserRepository repository;
  private final KnownKeys known;
  private final KeyUses uses;
  private final Ids ids;
  private UUID id = Caller.LOCAL_OWNER;
  private final String email = "ann-" + UUID.randomUUID() + "@example.com";

  SessionsTest(
      Database database, UserRepository repository, KnownKeys known, KeyUses uses, Ids ids) {
    this.database = database;
    this.repository = repository;
    this.known = known;
    this.uses = uses;
    this.ids = ids;
  }

  @BeforeEach
  void makeUser() {
    id = ids.next();
    repository.insert(
        database,
        id,
        Caller.LOCAL_OWNER,
        new MakeUser.Checked(email, "Ann", "", List.of("user")),
        "old hash");
  }

  private boolean begin(Known lookedAt) {
    return repository.begin(
        database, lookedAt, Secret.random(Secret.SESSION), NOW, NOW.plus(Duration.ofHours(1)));
  }

  private Known lookAt() {
    return repository.known(database, email).orElseThrow();
  }

  /** A session of twelve hours that began so long ago. */
  private Secret begunBefore(Duration age) {
    Secret secret = Secret.random(Secret.SESSION);
    Instant begin = NOW.minus(age);
    assertThat(
            repository.begin(database, lookAt(), secret, begin, begin.plus(Duration.ofHours(12))))
        .isTrue();
    return secret;
  }

  private KnownKeys.Answer ask(Secret secret) {
    return known.ask(secret.text()).join();
  }

  @Test
  void a_session_begins_with_the_password_that_was_looked_at() {
    // Given
    Known user = lookAt();

    // When, then
    assertThat(begin(user)).isTrue();
    assertThat(repository.endAll(database, id)).hasSize(1);
  }

  @Test
  void none_begins_when_the_password_was_set_meanwhile() {
    // Given
    Known user = lookAt();
    repository.setPassword(database, id, "new hash");
    repository.endAll(database, id);

    // When, then
    assertThat(begin(user)).isFalse();
    assertThat(repository.endAll(database, id)).isEmpty();
  }

  @Test
  void none_begins_when_the_user_was_removed_meanwhile() {
    // Given
    Known user = lookAt();
    repository.delete(database, id);

    // When, then
    assertThat(begin(user)).isFalse();
  }

  @Test
  void a_session_that_nobody_uses_ends_before_its_time() {
    assertThat(ask(begunBefore(Duration.ofHours(9)))).isInstanceOf(KnownKeys.Answer.Refused.class);
  }

  @Test
  void each_use_puts_the_end_off() {
    // Given
    Secret secret = begunBefore(Duration.ofHours(9));
    repository.used(database, Map.of(secret.prefix(), NOW.minus(Duration.ofHours(7))));

    // When, then
    assertThat(ask(secret)).isInstanceOf(KnownKeys.Answer.Accepted.class);
  }

  @Test
  void no_use_puts_off_the_end_of_all_sessions() {
    // Given
    Secret secret = begunBefore(Duration.ofHours(13));
    repository.used(database, Map.of(secret.prefix(), NOW));

    // When, then
    assertThat(ask(secret)).isInstanceOf(KnownKeys.Answer.Refused.class);
  }

  @Test
  void uses_are_written_down() {
    // Given
    Secret secret = begunBefore(Duration.ofHours(7));
    ask(secret);

    // When
    uses.write();

    // Then
    assertThat(usedAt(secret)).isAfterOrEqualTo(NOW.truncatedTo(ChronoUnit.SECONDS));
  }

  private Instant usedAt(Secret secret) {
    return database
        .query(
            Statement.of("test.used_at", "SELECT used_at FROM sessions WHERE prefix = $1"),
            secret.prefix())
        .getFirst()
        .getOffsetDateTime("used_at")
        .toInstant();
  }
}
