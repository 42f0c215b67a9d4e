package com.sutazai.cache.redis;

import com.sutazai.cache.LeaseKeeper;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Leases in Redis: a key with its holder's token, or with a word once the value is kept. One script
 * on one key each, so it is one message to any server, a Cluster's too.
 */
final class RedisLeases implements LeaseKeeper {
  private static final String KEPT = "kept";

  private static final String TAKE =
      """
      local holder = redis.call('GET', KEYS[1])
      if not holder then
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 'taken'
      end
      return holder == 'kept' and 'kept' or 'held'
      """;

  private static final String REPLACE =
      """
      if redis.call('GET', KEYS[1]) == ARGV[1] then
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
      end
      return 1
      """;

  private static final String RELEASE =
      """
      if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
      return 1
      """;

  private final Keys keys;
  private final Function<Request, @Nullable Response> redis;

  RedisLeases(Keys keys, Function<Request, @Nullable Response> redis) {
    this.keys = keys;
    this.redis = redis;
  }

  @Override
  public Answer take(String name, String token, Duration hold) {
    Response answer = run(TAKE, name, token, milliseconds(hold));
    return Answer.valueOf(String.valueOf(answer).toUpperCase(Locale.ROOT));
  }

  @Override
  public void hold(String name, String token, Duration hold) {
    run(REPLACE, name, token, token, milliseconds(hold));
  }

  @Override
  public void kept(String name, String token, Duration told) {
    run(REPLACE, name, token, KEPT, milliseconds(told));
  }

  @Override
  public void release(String name, String token) {
    run(RELEASE, name, token);
  }

  private @Nullable Response run(String script, String name, String... arguments) {
    Request request = Request.cmd(Command.EVAL).arg(script).arg(1).arg(keys.lease(name));
    for (String argument : arguments) {
      request.arg(argument);
    }
    return redis.apply(request);
  }

  private static String milliseconds(Duration duration) {
    return String.valueOf(Math.max(duration.toMillis(), 1));
  }
}
