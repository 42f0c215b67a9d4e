package com.sutazai.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.cache.redis.RedisAddress.Kind;
import com.sutazai.platform.error.StartException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAddressTest {
  @Test
  void what_is_left_out_is_as_servers_have_it_by_default() {
    assertThat(RedisAddress.parse("redis://cache"))
        .isEqualTo(new RedisAddress(Kind.SERVER, false, null, null, List.of("cache:6379"), "", 0));
    assertThat(RedisAddress.parse("redis-sentinel://one/main").hosts())
        .containsExactly("one:26379");
  }

  @Test
  void a_server_has_credentials_and_a_database() {
    assertThat(RedisAddress.parse("rediss://me:p%40ss+%2F@[::1]:7000/2"))
        .isEqualTo(
            new RedisAddress(Kind.SERVER, true, "me", "p@ss+/", List.of("[::1]:7000"), "", 2));
    assertThat(RedisAddress.parse("redis://:secret@cache/").password()).isEqualTo("secret");
  }

  @Test
  void sentinels_have_a_master() {
    assertThat(RedisAddress.parse("redis-sentinel://:secret@one:1,two:2/main/3"))
        .isEqualTo(
            new RedisAddress(
                Kind.SENTINEL, false, null, "secret", List.of("one:1", "two:2"), "main", 3));
  }

  @Test
  void a_cluster_has_nodes() {
    assertThat(RedisAddress.parse("rediss-cluster://one:1,two"))
        .isEqualTo(
            new RedisAddress(Kind.CLUSTER, true, null, null, List.of("one:1", "two:6379"), "", 0));
  }

  @Test
  void the_client_gets_each_host_with_credentials() {
    assertThat(RedisAddress.parse("rediss-sentinel://me:p%40ss@one,two/main/3").endpoints())
        .containsExactly("rediss://me:p%40ss@one:26379/3", "rediss://me:p%40ss@two:26379/3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cache:6379",
        "http://:secret@cache",
        "redis-nodes://:secret@cache",
        "redis://:sec ret@cache",
        "redis://",
        "redis://:secret@",
        "redis://secret@cache",
        "redis://m%40e:secret@cache",
        "redis://:secret@one,two",
        "redis://:secret@cache:0",
        "redis://:secret@cache:70000",
        "redis://:secret@cache/names",
        "redis://:secret@cache/256",
        "redis://:secret@cache/0/0",
        "redis://:secret@cache?db=1",
        "redis-sentinel://:secret@one",
        "redis-sentinel://:secret@one/main/0/0",
        "redis-cluster://:secret@one/1"
      })
  void what_cannot_be_read_is_told_without_the_password(String url) {
    assertThatThrownBy(() -> RedisAddress.parse(url))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("REDIS_URL (sutazai.cache.redis.url) cannot be read: ")
        .hasMessageContaining("Expected redis")
        .hasMessageNotContainingAny("secret", "sec ret");
  }

  @Test
  void people_see_no_credentials() {
    assertThat(RedisAddress.parse("redis://me:secret@cache/2")).hasToString("cache:6379/2");
    assertThat(RedisAddress.parse("redis-sentinel://:secret@one,two/main"))
        .hasToString("one:26379,two:26379/main");
  }
}
