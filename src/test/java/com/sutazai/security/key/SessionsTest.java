package com.sutazai.security.key;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.security.key.UserRepository.Known;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CWE-613: a login whose password is looked at while it changes begins no session. */
@QuarkusTest
class SessionsTest {
  private static final Instant NOW = Instant.now();

  private final Database database;
  private final UserRepository repository;
  private final Ids ids;
  private UUID id = Caller.LOCAL_OWNER;
  private final String email = "ann-" + UUID.randomUUID() + "@example.com";

  SessionsTest(Database database, UserRepository repository, Ids ids) {
    this.database = database;
    this.repository = repository;
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
}
