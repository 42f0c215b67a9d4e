package com.sutazai.cache.redis;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * Which entries have a tag: a sorted set of names by the moment, on the clock of its server, from
 * which the entry has expired. Each addition drops the expired ones and makes the set live as long
 * as its longest-lived member, in one script, because Redis 6 has no command for that.
 *
 * <p>A removal first renames the set, then removes what it names, piece by piece. An entry is added
 * to the set before it is stored and looked up there after that: one that is not there any more was
 * stored while a removal went on, and is removed by who stored it. So none is left without its tag,
 * and a removal that broke off goes on where it ended.
 */
final class Tags {
  private static final int PIECE = 256;

  /** How much longer than an entry its name is kept, for the time between the two commands. */
  private static final Duration MARGIN = Duration.ofMinutes(1);

  private static final Duration REMOVE_WITHIN = Duration.ofSeconds(10);

  private static final String ADD =
      """
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local keep = tonumber(ARGV[2])
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
      redis.call('ZADD', KEYS[1], now + keep, ARGV[1])
      if redis.call('PTTL', KEYS[1]) < keep then redis.call('PEXPIRE', KEYS[1], keep) end
      return 1
      """;

  private final RedisLink link;
  private final Keys keys;

  Tags(RedisLink link, Keys keys) {
    this.link = link;
    this.keys = keys;
  }

  Request add(String generation, String tag, String name, Duration keep) {
    return Request.cmd(Command.EVAL)
        .arg(ADD)
        .arg(1)
        .arg(keys.tag(generation, tag))
        .arg(name)
        .arg(keep.plus(MARGIN).toMillis());
  }

  /** Answers nothing when the entry was taken out by a removal. */
  Request find(String generation, String tag, String name) {
    return Request.cmd(Command.ZSCORE).arg(keys.tag(generation, tag)).arg(name);
  }

  Request removeEntry(String generation, String name) {
    return Request.cmd(Command.UNLINK).arg(keys.entry(generation, name));
  }

  /** How many entries with the tag there were. */
  long remove(String generation, String tag) {
    long deadline = System.nanoTime() + REMOVE_WITHIN.toNanos();
    boolean taken = take(generation, tag);
    long removed = removeTaken(generation, tag, deadline);
    if (!taken) {
      // Those were of a removal before this one. If another was quicker again, it took all that
      // there was when this one began.
      take(generation, tag);
      removed += removeTaken(generation, tag, deadline);
    }
    return removed;
  }

  /** False when what an earlier removal took is still there. */
  private boolean take(String generation, String tag) {
    try {
      Response answer =
          link.send(
              Request.cmd(Command.RENAMENX)
                  .arg(keys.tag(generation, tag))
                  .arg(keys.removing(generation, tag)));
      return answer != null && answer.toInteger() == 1;
    } catch (RedisFailure failure) {
      if (failure.isNoSuchKey()) {
        return true;
      }
      throw failure;
    }
  }

  private long removeTaken(String generation, String tag, long deadline) {
    String taken = keys.removing(generation, tag);
    long removed = 0;
    while (true) {
      Response found = link.send(Request.cmd(Command.ZRANGE).arg(taken).arg(0).arg(PIECE - 1));
      if (found == null || found.size() == 0) {
        return removed;
      }
      List<String> names =
          StreamSupport.stream(found.spliterator(), false).map(Response::toString).toList();
      List<Request> entries = names.stream().map(name -> removeEntry(generation, name)).toList();
      Request done = Request.cmd(Command.ZREM).arg(taken);
      names.forEach(done::arg);
      removed +=
          link.send(List.of(entries, List.of(done))).stream()
              .limit(names.size())
              .mapToLong(answer -> answer == null ? 0 : answer.toLong())
              .sum();
      if (System.nanoTime() - deadline > 0) {
        throw new RedisFailure(
            RedisFailure.Kind.NOT_ASKED,
            "removing took longer than " + REMOVE_WITHIN.toSeconds() + " s and goes on",
            null);
      }
    }
  }
}
