package com.sutazai.queue.broker;

import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What the broker says about a batch of messages, one by one. */
final class Confirms {
  private final NavigableMap<Long, UUID> sent = new ConcurrentSkipListMap<>();
  private final Set<UUID> confirmed = ConcurrentHashMap.newKeySet();
  private final Set<UUID> refused = ConcurrentHashMap.newKeySet();
  private final AtomicInteger open;
  private final CompletableFuture<Boolean> end = new CompletableFuture<>();

  /**
   * @param messages that will be sent
   */
  Confirms(int messages) {
    open = new AtomicInteger(messages);
  }

  /** Says which message is sent next, under which number of its channel. */
  void sending(long number, UUID taskId) {
    sent.put(number, taskId);
  }

  /** The message reached no queue; the broker confirms it all the same, after this. */
  void returned(UUID taskId) {
    refused.add(taskId);
  }

  /** The broker answered a message, or all up to it that are open. Others' numbers are ignored. */
  void answered(long number, boolean andAllBefore, boolean accepted) {
    if (!andAllBefore) {
      settle(sent.remove(number), accepted);
      return;
    }
    for (Map.Entry<Long, UUID> first = sent.firstEntry();
        first != null && first.getKey() <= number;
        first = sent.firstEntry()) {
      settle(sent.remove(first.getKey()), accepted);
    }
  }

  private void settle(@Nullable UUID taskId, boolean accepted) {
    if (taskId == null) {
      return;
    }
    if (!accepted) {
      refused.add(taskId);
    } else if (!refused.contains(taskId)) {
      confirmed.add(taskId);
    }
    if (open.decrementAndGet() == 0) {
      end.complete(true);
    }
  }

  /** No further answers will come, or nobody should wait for them. */
  void giveUp() {
    end.complete(false);
  }

  boolean isGivenUp() {
    return end.isDone();
  }

  /** Waits for all answers, so long at most; whether they came, or will not come. */
  boolean await(Duration longest) {
    try {
      end.get(longest.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      giveUp();
      return false;
    } catch (InterruptedException e) {
      giveUp();
      Thread.currentThread().interrupt();
      return true;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  Set<UUID> confirmed() {
    return Set.copyOf(confirmed);
  }

  /** Refused because the queue is full, or there is none. */
  Set<UUID> refused() {
    return Set.copyOf(refused);
  }
}
