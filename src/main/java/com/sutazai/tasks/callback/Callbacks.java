package com.sutazai.tasks.callback;

import com.sutazai.platform.loop.Bell;
import com.sutazai.platform.net.OutsideUrl;
import com.sutazai.platform.sql.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Takes callbacks in with their tasks; {@link Courier} brings them. */
@ApplicationScoped
public class Callbacks {
  static final String ALLOW_PRIVATE = "sutazai.tasks.callback.allow-private";

  private static final int MOST_REMEMBERED = 10_000;

  private final CallbackConfig config;
  private final CallbackRepository repository;
  private final Set<UUID> open = ConcurrentHashMap.newKeySet();
  private final Bell bell = new Bell();

  Callbacks(CallbackConfig config, CallbackRepository repository) {
    this.config = config;
    this.repository = repository;
  }

  /**
   * Checks an address that a caller wants to be told at. A name is checked again, by the addresses
   * that it has then, with each delivery.
   */
  public Callback checked(String field, String url) {
    return Callback.of(OutsideUrl.checked(field, url, config.allowPrivate(), ALLOW_PRIVATE));
  }

  /** A task that was stored in the same transaction, and whom it calls back. */
  public record Wanted(UUID taskId, UUID owner, Callback callback) {}

  /** Stores callbacks, after their tasks and in the same transaction. */
  public void add(Sql sql, List<Wanted> wanted) {
    if (wanted.isEmpty()) {
      return;
    }
    repository.add(sql, wanted);
    if (open.size() > MOST_REMEMBERED) {
      open.clear(); // those ended elsewhere; a look finds what is forgotten here
    }
    wanted.forEach(each -> open.add(each.taskId()));
  }

  /**
   * Says, after the commit, that a task has ended. One that was taken in and ended by this process
   * calls back at once, another with the next look.
   */
  public void ended(UUID taskId) {
    if (!open.isEmpty() && open.remove(taskId)) {
      wake();
    }
  }

  void wake() {
    bell.ring();
  }

  /** Waits until something may be due, at most so long. */
  void await(Duration most) throws InterruptedException {
    bell.await(most);
  }

  /** How the task's callback stands; empty when the owner has no such task, or it has none. */
  Optional<CallbackState> find(UUID owner, UUID taskId) {
    return repository.find(owner, taskId).map(CallbackState::from);
  }
}
