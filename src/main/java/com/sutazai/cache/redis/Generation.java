package com.sutazai.cache.redis;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The generation that all processes of an installation are in: a random text, kept in Redis. A new
 * one forgets every entry at once. If Redis lost it, the next one that looks makes a new one, so
 * that nothing comes back with an old one.
 */
final class Generation {
  private final RedisLink link;
  private final String key;
  private volatile @Nullable String known;

  Generation(RedisLink link, String key) {
    this.link = link;
    this.key = key;
  }

  /** The one that was read last; the tier reads it every second. */
  String known() {
    String last = known;
    return last == null ? read() : last;
  }

  /** The one that is in Redis now. */
  String read() {
    Response found = link.send(get());
    if (found == null) {
      Request make = Request.cmd(Command.SET).arg(key).arg(random()).arg("NX");
      found = link.send(List.of(List.of(make), List.of(get()))).getLast();
    }
    if (found == null) {
      throw new RedisFailure(RedisFailure.Kind.AWAY, "it keeps nothing", null);
    }
    String read = found.toString();
    known = read;
    return read;
  }

  /** Forgets all that was stored before. */
  void renew() {
    String next = random();
    link.send(Request.cmd(Command.SET).arg(key).arg(next));
    known = next;
  }

  /** Asks again before it is used: others may have renewed it while Redis was away from here. */
  void doubt() {
    known = null;
  }

  private Request get() {
    return Request.cmd(Command.GET).arg(key);
  }

  private static String random() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }
}
