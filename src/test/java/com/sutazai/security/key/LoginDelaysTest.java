package com.sutazai.security.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class LoginDelaysTest {
  private static final String ANN = "ann@example.com";
  private static final String ADDRESS = "192.0.2.1";

  private final Database database;
  private final LoginDelays delays;
  private final LoginDelays ofAnotherProcess;

  LoginDelaysTest(Database database, LoginTries tries) {
    this.database = database;
    delays = new LoginDelays(database, tries);
    ofAnotherProcess = new LoginDelays(database, tries);
  }

  @BeforeEach
  void nobodyTriedYet() {
    database.update(Statement.of("test.login_tries", "DELETE FROM login_tries"));
  }

  /** As if so much more time had gone by. */
  private void pass(Duration time) {
    database.update(
        Statement.of(
            "test.login_tries.age",
            "UPDATE login_tries SET last_at = last_at - make_interval(secs => $1)"),
        (double) time.toSeconds());
  }

  /** Tries that need not wait, and then as many that do as make the next one wait for long. */
  private void exhaust(int free, IntConsumer tryOf) {
    for (int i = 0; i < free + 10; i++) {
      if (i >= free) {
        pass(Duration.ofSeconds(1L << (i - free)));
      }
      tryOf.accept(i);
    }
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      delays.begin(ANN, ADDRESS);
    }
  }

  private static void assertRefused(LoginDelays delays, String name, String address) {
    assertThatThrownBy(() -> delays.begin(name, address))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(ErrorCode.TOO_MANY_ATTEMPTS);
              assertThat(refused.retryAfter()).isBetween(Duration.ZERO, Duration.ofMinutes(15));
            });
  }

  @Test
  void each_wait_is_twice_as_long_up_to_a_quarter_of_an_hour() {
    // When: the password is not looked at between them
    exhaust(LoginDelays.FREE, i -> delays.begin(ANN, ADDRESS));

    // Then
    assertRefused(delays, ANN, ADDRESS);
    pass(Duration.ofMinutes(10));
    assertRefused(delays, ANN, ADDRESS);
    pass(Duration.ofMinutes(5));
    delays.begin(ANN, ADDRESS);
  }

  @Test
  void several_processes_give_no_more_guesses() {
    // When
    exhaust(LoginDelays.FREE, i -> (i % 2 == 0 ? delays : ofAnotherProcess).begin(ANN, ADDRESS));

    // Then
    assertRefused(delays, ANN, ADDRESS);
    assertRefused(ofAnotherProcess, ANN, ADDRESS);
  }

  @Test
  void many_at_once_are_no_way_around() throws Exception {
    // Given: one more try may be made, and the next one after a quarter of an hour
    exhaust(LoginDelays.FREE, i -> delays.begin(ANN, ADDRESS));
    pass(Duration.ofMinutes(15));

    // When
    int begun = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> tries = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        LoginDelays each = i % 2 == 0 ? delays : ofAnotherProcess;
        tries.add(threads.submit(() -> begins(each)));
      }
      for (Future<Boolean> each : tries) {
        begun += each.get() ? 1 : 0;
      }
    }

    // Then
    assertThat(begun).isEqualTo(1);
  }

  private static boolean begins(LoginDelays delays) {
    try {
      delays.begin(ANN, ADDRESS);
      return true;
    } catch (ProblemException refused) {
      return false;
    }
  }

  @Test
  void a_success_takes_its_try_back() {
    for (int i = 0; i < 2 * LoginDelays.FREE_OF_NETWORK; i++) {
      // When
      delays.begin(ANN, ADDRESS);
      ofAnotherProcess.succeeded(ANN, ADDRESS);
    }

    // Then
    fail(LoginDelays.FREE);
  }

  @Test
  void a_try_that_was_not_looked_at_does_not_count() {
    for (int i = 0; i < 2 * LoginDelays.FREE_OF_NETWORK; i++) {
      delays.begin(ANN, ADDRESS);
      delays.untried(ANN, ADDRESS);
    }
    fail(LoginDelays.FREE);
  }

  @Test
  void addresses_of_one_ipv6_network_count_together() {
    // When
    exhaust(LoginDelays.FREE, i -> delays.begin(ANN, "2001:db8:0:1::" + i));

    // Then
    assertRefused(delays, ANN, "2001:db8:0:1:ffff::1");
    delays.begin(ANN, "2001:db8:0:2::1");
  }

  @Test
  void many_names_of_one_network_count_together() {
    // When
    exhaust(LoginDelays.FREE_OF_NETWORK, i -> delays.begin("user-" + i, ADDRESS));

    // Then: and what is refused does not count for the name either
    for (int i = 0; i < 2 * LoginDelays.FREE; i++) {
      assertRefused(delays, ANN, ADDRESS);
    }
    delays.begin(ANN, "192.0.2.2");
  }

  @Test
  void the_longest_wait_is_followed_by_another_one_until_nobody_tries() {
    // Given
    exhaust(LoginDelays.FREE, i -> delays.begin(ANN, ADDRESS));

    // When
    pass(Duration.ofMinutes(15));
    delays.begin(ANN, ADDRESS);

    // Then
    assertRefused(delays, ANN, ADDRESS);
    pass(Duration.ofMinutes(31));
    fail(LoginDelays.FREE);
  }

  @Test
  void what_nobody_adds_to_is_removed() {
    // Given
    fail(LoginDelays.FREE);
    pass(Duration.ofMinutes(31));

    // When
    delays.begin("bob@example.com", "192.0.2.2");

    // Then
    assertThat(database.query(Statement.of("test.login_tries.all", "SELECT 1 FROM login_tries")))
        .hasSize(2);
  }
}
