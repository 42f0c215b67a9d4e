package com.sutazai.cache.redis;

import com.sutazai.platform.loop.Loop;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Messages to all processes of an installation, on a connection of its own that is opened again
 * when it ends. What is sent while it is not there is lost, and so is what comes faster than it is
 * taken.
 */
final class RedisChannel implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(RedisChannel.class);
  private static final int MAX_UNREAD = 1_000;
  private static final Duration SILENCE = Duration.ofSeconds(5);
  private static final Duration RECONNECT = Duration.ofSeconds(1);

  private final RedisClients clients;
  private final String name;
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private @Nullable Loop loop;

  RedisChannel(RedisClients clients, String name) {
    this.clients = clients;
    this.name = name;
  }

  Request message(String text) {
    return Request.cmd(Command.PUBLISH).arg(name).arg(text);
  }

  /** Begins to listen with the first one. */
  synchronized void subscribe(Consumer<String> listener) {
    listeners.add(listener);
    if (loop == null) {
      loop = Loop.start("cache-redis-messages", this::listen);
    }
  }

  /** Listens until the connection ends. */
  private void listen() throws InterruptedException {
    Redis client = clients.forListening();
    try {
      RedisConnection connection = await(client.connect());
      BlockingQueue<Optional<Response>> heard = new ArrayBlockingQueue<>(MAX_UNREAD);
      connection.handler(response -> heard.offer(Optional.ofNullable(response)));
      connection.endHandler(end -> heard.offer(Optional.empty()));
      connection.exceptionHandler(failure -> heard.offer(Optional.empty()));
      await(connection.send(Request.cmd(Command.SUBSCRIBE).arg(name)));
      while (true) {
        Optional<Response> next = heard.poll(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) {
          connection
              .send(Request.cmd(Command.PING))
              .onSuccess(alive -> heard.offer(Optional.of(alive)));
          next = heard.poll(clients.config().timeout().toMillis(), TimeUnit.MILLISECONDS);
        }
        if (next == null || next.isEmpty() || next.get().type() == ResponseType.ERROR) {
          break;
        }
        deliver(next.get());
      }
    } catch (ExecutionException | TimeoutException e) {
      LOG.debugf("No messages from Redis at %s: %s", clients.address(), e);
    } finally {
      client.close();
    }
    Thread.sleep(RECONNECT);
  }

  private void deliver(Response response) {
    boolean parts = response.type() == ResponseType.PUSH || response.type() == ResponseType.MULTI;
    if (parts && response.size() == 3 && "message".equals(response.get(0).toString())) {
      String text = response.get(2).toString();
      listeners.forEach(listener -> listener.accept(text));
    }
  }

  private <T> T await(Future<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(clients.config().timeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public synchronized void close() {
    if (loop != null) {
      loop.stop();
    }
  }
}
