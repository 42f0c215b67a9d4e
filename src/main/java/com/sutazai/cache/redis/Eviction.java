package com.sutazai.cache.redis;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Says once that a full server may forget what a tag is on before the entries with the tag. A tag
 * lives longer than its entries, so {@code volatile-ttl} takes these first.
 */
final class Eviction {
  private static final Logger LOG = Logger.getLogger(Eviction.class);
  private static final Pattern LIMITED = Pattern.compile("(?m)^maxmemory:[1-9]");
  private static final Pattern UNSAFE =
      Pattern.compile(
          "(?m)^maxmemory_policy:(allkeys-[a-z]+|volatile-lru|volatile-lfu|volatile-random)");

  private final RedisLink link;
  private final RedisAddress address;
  private boolean looked;

  Eviction(RedisLink link, RedisAddress address) {
    this.link = link;
    this.address = address;
  }

  /** Looks at the first call alone. */
  void warn() {
    if (looked) {
      return;
    }
    looked = true;
    try {
      Response answer = link.send(Request.cmd(Command.INFO).arg("memory"));
      String memory = String.valueOf(answer);
      Matcher policy = UNSAFE.matcher(memory);
      if (LIMITED.matcher(memory).find() && policy.find()) {
        LOG.warnf(
            "Redis at %s has maxmemory-policy %s: when it is full, removals may miss entries until"
                + " they expire. Set it to noeviction or volatile-ttl",
            address, policy.group(1));
      }
    } catch (RedisFailure notTold) {
      LOG.debugf(notTold, "Redis at %s does not say how it evicts", address);
    }
  }
}
