package com.sutazai.platform.net;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds the addresses of names on threads of its own: a look-up cannot be interrupted, and on a
 * virtual thread it would keep the others from running.
 */
@ApplicationScoped
class Lookup {
  private static final int THREADS = 4;
  private static final int MOST_WAITING = 100;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MOST_WAITING),
          Thread.ofPlatform().daemon().name("address-lookup-", 0).factory());

  Lookup() {
    threads.allowCoreThreadTimeOut(true);
  }

  void close(@Observes ShutdownEvent event) {
    threads.shutdownNow();
  }

  /** All addresses of a name; those of an address are itself. */
  List<InetAddress> addresses(String host, Duration most)
      throws UnknownHostException, TimeoutException, InterruptedException {
    try {
      Future<InetAddress[]> found = threads.submit(() -> InetAddress.getAllByName(host));
      try {
        return List.of(found.get(most.toMillis(), TimeUnit.MILLISECONDS));
      } finally {
        found.cancel(true);
      }
    } catch (RejectedExecutionException e) {
      throw new TimeoutException("too many look-ups wait");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownHostException unknown) {
        throw unknown;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
