package com.sutazai.cache.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.cache.CacheKey;
import com.sutazai.platform.caller.Caller;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ResponseKeyTest {
  private static final UUID OWNER = UUID.randomUUID();
  private static final String PATH = "/api/tasks/1";

  private static CacheKey key(Caller caller) {
    return ResponseKey.of(caller, PATH, "a=1", "text/html");
  }

  @Test
  void callers_never_share_an_entry() {
    // When
    Set<CacheKey> keys =
        Set.of(
            key(new Caller(OWNER, "a", false)),
            key(new Caller(OWNER, "a", true)),
            key(new Caller(UUID.randomUUID(), "a", false)),
            key(Caller.LOCAL));

    // Then
    assertThat(keys).hasSize(4);
  }

  @Test
  void parts_of_a_key_cannot_be_taken_for_each_other() {
    // Given
    Caller caller = new Caller(OWNER, "a", false);

    // When
    Set<CacheKey> keys =
        Set.of(
            ResponseKey.of(caller, PATH, null, ""),
            ResponseKey.of(caller, PATH, "a", ""),
            ResponseKey.of(caller, PATH + "a", null, ""),
            ResponseKey.of(caller, PATH, null, "a"),
            ResponseKey.of(caller, PATH, "!a", ""),
            ResponseKey.of(caller, PATH, "a=%ff", ""),
            ResponseKey.of(caller, PATH, "a=!%ff", ""),
            ResponseKey.of(caller, PATH, "a=b%3Dc", "a"),
            ResponseKey.of(caller, PATH, "a%3Db=c", "a"));

    // Then
    assertThat(keys).hasSize(9);
  }
}
