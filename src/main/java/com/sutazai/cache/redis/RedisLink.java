package com.sutazai.cache.redis;

import com.sutazai.cache.redis.RedisAddress.Kind;
import io.vertx.core.Future;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Redis as blocking calls on virtual threads, each within the timeout.
 *
 * <p>The client has no timeout of its own and would give a connection that does not answer to the
 * next caller, so a client that failed is thrown away with all its connections: what still waits in
 * them is never sent. No more callers than connections are let in, because in a Cluster each takes
 * one to every node, and two that hold half of them each would wait for ever.
 */
final class RedisLink implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(RedisLink.class);
  private static final int MAX_WAITING = 1_000;

  /** Often enough that a connection counts as used. */
  private static final Duration BETWEEN_USES = RedisClients.UNUSED.dividedBy(3);

  private final RedisClients clients;
  private final Duration timeout;
  private final Semaphore connections;
  private @Nullable Client client;

  RedisLink(RedisClients clients) {
    this.clients = clients;
    timeout = clients.config().timeout();
    connections = new Semaphore(clients.config().poolMax());
  }

  /** The answer to one command; null is Redis' own nothing. */
  @Nullable Response send(Request command) {
    return send(List.of(List.of(command))).getFirst();
  }

  /**
   * The answers to all commands, in their order, or the failure of one of them while others may
   * have been done. Commands go out together; in a Cluster, those of a stage only after the stage
   * before it was answered.
   */
  List<@Nullable Response> send(List<List<Request>> stages) {
    long deadline = System.nanoTime() + timeout.toNanos();
    takeConnection();
    try {
      Client used = client();
      try {
        return await(used.redis.connect().compose(open -> sendAndReturn(open, stages)), deadline);
      } catch (RedisFailure failed) {
        throw failed.kind() == RedisFailure.Kind.AWAY ? discard(used, failed) : failed;
      }
    } finally {
      connections.release();
    }
  }

  private void takeConnection() {
    try {
      if (connections.getQueueLength() < MAX_WAITING
          && connections.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    throw new RedisFailure(
        RedisFailure.Kind.NOT_ASKED, "all connections to Redis are in use", null);
  }

  /**
   * Opens connections until there are {@code sutazai.cache.redis.pool-min}, and uses them from time
   * to time, so that the client does not close them; to be called often. Callers that have some now
   * count with theirs. A server that gives fewer is used with those.
   */
  void keepConnections() {
    Client used = client();
    if (System.nanoTime() - used.keepAt < 0) {
      return;
    }
    used.keepAt = System.nanoTime() + BETWEEN_USES.toNanos();
    int wanted = Math.min(clients.config().poolMin(), clients.config().poolMax());
    int taken = takeFree(wanted - (clients.config().poolMax() - connections.availablePermits()));
    try {
      List<Future<RedisConnection>> opened =
          Stream.generate(used.redis::connect).limit(taken).toList();
      await(
          Future.join(opened).eventually(() -> returned(opened)),
          System.nanoTime() + timeout.toNanos());
    } catch (RedisFailure failed) {
      LOG.debugf("Fewer than %d connections to Redis at %s: %s", wanted, clients.address(), failed);
    } finally {
      connections.release(taken);
    }
  }

  private int takeFree(int most) {
    int taken = 0;
    while (taken < most && connections.tryAcquire()) {
      taken++;
    }
    return taken;
  }

  /** All at once, as one that was returned earlier would be opened a second time. */
  private static Future<?> returned(List<Future<RedisConnection>> opened) {
    return Future.join(
        opened.stream().filter(Future::succeeded).map(each -> each.result().close()).toList());
  }

  private Future<List<@Nullable Response>> sendAndReturn(
      RedisConnection open, List<List<Request>> stages) {
    return sendAll(open, stages).eventually(() -> open.close());
  }

  private Future<List<@Nullable Response>> sendAll(
      RedisConnection open, List<List<Request>> stages) {
    List<Request> all = stages.stream().flatMap(List::stream).toList();
    if (all.size() == 1) {
      return open.send(all.getFirst()).map(RedisLink::one);
    }
    if (clients.address().kind() != Kind.CLUSTER) {
      return open.batch(all);
    }
    Future<List<@Nullable Response>> answers = Future.succeededFuture(new ArrayList<>());
    for (List<Request> stage : stages) {
      answers = answers.compose(before -> sendStage(open, stage, before));
    }
    return answers;
  }

  private static Future<List<@Nullable Response>> sendStage(
      RedisConnection open, List<Request> stage, List<@Nullable Response> before) {
    return Future.all(stage.stream().map(open::send).toList())
        .map(
            done -> {
              List<@Nullable Response> answers = new ArrayList<>(before);
              answers.addAll(done.list());
              return answers;
            });
  }

  private static List<@Nullable Response> one(@Nullable Response answer) {
    List<@Nullable Response> answers = new ArrayList<>();
    answers.add(answer);
    return answers;
  }

  private <T> T await(Future<T> future, long deadline) {
    try {
      long left = Math.max(deadline - System.nanoTime(), 0);
      return future.toCompletionStage().toCompletableFuture().get(left, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new RedisFailure(
          RedisFailure.Kind.AWAY, "no answer within " + timeout.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw RedisFailure.of(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static RedisFailure interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new RedisFailure(RedisFailure.Kind.NOT_ASKED, "interrupted", e);
  }

  private synchronized Client client() {
    Client usable = client;
    if (usable == null) {
      usable = new Client(clients.forCommands());
      client = usable;
    }
    return usable;
  }

  /** Throws it away with its connections; who waited for them learns why. */
  private synchronized RedisFailure discard(Client failed, RedisFailure failure) {
    RedisFailure first = failed.failure;
    if (first != null) {
      return new RedisFailure(RedisFailure.Kind.AWAY, String.valueOf(first.getMessage()), failure);
    }
    failed.failure = failure;
    if (failed == client) { // else it was closed meanwhile, and says so when it is closed again
      failed.redis.close();
      client = null;
    }
    return failure;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.redis.close();
      client = null;
    }
  }

  /** One client, until it failed. */
  private static final class Client {
    private final Redis redis;
    private @Nullable RedisFailure failure;

    /** When its connections are to be used next, by {@code nanoTime}; by one thread alone. */
    private long keepAt = System.nanoTime();

    private Client(Redis redis) {
      this.redis = redis;
    }
  }
}
