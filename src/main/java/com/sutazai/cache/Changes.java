package com.sutazai.cache;

import com.sutazai.cache.redis.RedisTier;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Notifications;
import com.sutazai.platform.sql.Statement;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What was changed when, so that nothing older is answered.
 *
 * <p>Entries are not looked for when something changes. Instead each tag has the number of its last
 * change, and an entry knows how many changes there had been before it was loaded: it is true as
 * long as none of its tags changed since. So an entry that was loaded while somebody wrote is never
 * answered, whoever was first.
 *
 * <p>A change is heard in two ways. Whoever changes something in this process says so after the
 * commit: what is read here from then on is new. Triggers say it to all processes by NOTIFY in the
 * transaction that changes the row, with the transaction's id. While that channel is down, nothing
 * that follows changes is answered from here.
 *
 * <p>Entries of a tier that processes share may have been loaded by a process that had not heard of
 * a change yet, or be left there because the tier was away when they should have been removed. They
 * know up to which transaction everything was visible when they were loaded ({@code
 * pg_snapshot_xmin}), and are true if that includes all that was heard of here, and all that was
 * before this process began to hear. The tier need not be told of changes at all.
 */
@ApplicationScoped
public class Changes {
  private static final Logger LOG = Logger.getLogger(Changes.class);
  private static final String TOPIC = "cache";
  private static final Duration ASKED_ANEW = Duration.ofMillis(50);
  private static final int MOST_TAGS = 100_000;
  private static final int LONGEST_HINT = 8_000;

  private static final Statement NEXT_TRANSACTION =
      Statement.of(
          "cache.next_transaction",
          "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS id");

  private static final Statement SEEN_BELOW =
      Statement.of(
          "cache.seen_below", "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS id");

  private static final Statement SIGNAL =
      Statement.of(
          "cache.signal",
          """
      WITH sent AS (SELECT pg_notify($1, pg_current_xact_id()::text || ' ' || $2))
      SELECT count(*) AS sent FROM sent
      """);

  private final Database database;
  private final Notifications notifications;
  private final AtomicLong count = new AtomicLong();
  private final Map<String, Change> last = new ConcurrentHashMap<>();
  private volatile @Nullable RedisTier also;
  private volatile boolean listening;
  private volatile long floor;
  private volatile long heardFrom = Long.MAX_VALUE;
  private volatile Seen seen = new Seen(0, -1, 0);

  Changes(Database database, Notifications notifications) {
    this.database = database;
    this.notifications = notifications;
  }

  /**
   * @param number counts the changes that this process knows of
   * @param transaction highest known id of those that changed it
   * @param unsettled number of the last change by this process whose transaction is not known yet;
   *     0 when there is none
   */
  record Change(long number, long transaction, long unsettled) {
    /** Both of them; which of two that come at the same time is noted last tells nothing. */
    Change and(Change other) {
      return new Change(
          Math.max(number, other.number),
          Math.max(transaction, other.transaction),
          Math.max(unsettled, other.unsettled));
    }

    /** After it is known that the change of that number had no higher id than this. */
    Change settled(long unsettledNumber, long highest) {
      return new Change(
          number, Math.max(transaction, highest), unsettled == unsettledNumber ? 0 : unsettled);
    }

    boolean visibleBelow(long id) {
      return unsettled == 0 && transaction < id;
    }
  }

  void start(@Observes @Priority(50) StartupEvent event) {
    notifications.listen(TOPIC, new Channel());
  }

  private final class Channel implements Notifications.Listener {
    @Override
    public void heard(String payload) {
      List<String> words = List.of(payload.split(" "));
      try {
        note(words.subList(1, words.size()), Long.parseLong(words.getFirst()), false);
      } catch (NumberFormatException e) {
        LOG.warnf("A signal about changes is not understood: %s", payload);
        forgetAll();
      }
    }

    @Override
    public void listening(long transaction) {
      forgetAll();
      hearFrom(floor, transaction);
      listening = true;
    }

    @Override
    public void deaf() {
      listening = false;
    }
  }

  /** Number of changes so far: to be taken before something is loaded. */
  public long count() {
    return count.get();
  }

  /** Whether changes by other processes are heard. */
  public boolean heard() {
    return !notifications.shared() || listening && notifications.hears();
  }

  /** Whether there may be others who share a tier with this process. */
  boolean shared() {
    return notifications.shared();
  }

  /** Whether nothing with one of the tags changed after the first {@code since} changes. */
  public boolean nothingSince(long since, Collection<String> tags) {
    if (since < floor) {
      return false;
    }
    for (String tag : tags) {
      Change change = last.get(tag);
      if (change != null && change.number() > since) {
        return false;
      }
    }
    return true;
  }

  /** Whether what was loaded when all transactions below that id were visible is still true. */
  boolean includedBefore(long asOf, Collection<String> tags) {
    return asOf >= heardFrom && notChangedAfter(asOf, tags);
  }

  /** The same for what does not follow rows: only what was removed by its tag counts. */
  boolean notChangedAfter(long asOf, Collection<String> tags) {
    return tags.stream()
        .map(last::get)
        .allMatch(change -> change == null || change.visibleBelow(asOf));
  }

  /**
   * All transactions with a lower id are visible to what is loaded from now on. It may have been
   * asked for a moment ago, but not before a change that is known here: an older answer is as true,
   * and only lets an entry be shared a little less.
   */
  long visibleBelow() {
    Seen known = seen;
    if (known.count() == count.get() && System.nanoTime() - known.at() < ASKED_ANEW.toNanos()) {
      return known.below();
    }
    long number = count.get();
    long at = System.nanoTime();
    long below = database.query(SEEN_BELOW).getFirst().getLong("id");
    seen = new Seen(below, number, at);
    return below;
  }

  /**
   * What was visible.
   *
   * @param count changes that were known before that was asked
   * @param at when it was asked, by {@link System#nanoTime}
   */
  private record Seen(long below, long count, long at) {}

  /** Says that what has these tags was changed, after it was committed. */
  public void changed(String... tags) {
    changed(List.of(tags));
  }

  void changed(Collection<String> tags) {
    if (!notifications.shared()) {
      note(tags, 0, false);
      return;
    }
    long number = note(tags, 0, true);
    Thread.ofVirtual().name("settle-changes").start(() -> settle(tags, number));
  }

  /** Lets shared entries be true again that were loaded after the change. */
  private void settle(Collection<String> tags, long number) {
    try {
      long highest = nextTransaction() - 1;
      for (String tag : tags) {
        last.computeIfPresent(tag, (name, change) -> change.settled(number, highest));
      }
    } catch (ProblemException unavailable) {
      LOG.debugf("Shared entries wait for the next change: %s", unavailable.detail());
    }
    tellAlso(tags);
  }

  private long nextTransaction() {
    return database.query(NEXT_TRANSACTION).getFirst().getLong("id");
  }

  /** Tells changes by Redis too, and hears them there: a second way, which may lose some. */
  void tellAlso(RedisTier redis) {
    if (notifications.shared()) {
      redis.subscribe(this::hint);
      also = redis;
    }
  }

  private void hint(String message) {
    if (message.length() <= LONGEST_HINT) {
      note(List.of(message.split(" ")), 0, false);
    }
  }

  private void tellAlso(Collection<String> tags) {
    RedisTier redis = also;
    if (redis != null) {
      try {
        redis.publish(String.join(" ", tags));
      } catch (Tier.TierException e) {
        LOG.debugf("A change was not told by Redis: %s", e.getMessage());
      }
    }
  }

  /** Says the same to all processes, for what no row stands for. */
  void changedEverywhere(String tag) {
    if (notifications.shared()) {
      database.query(SIGNAL, notifications.channel(TOPIC), tag);
    }
    changed(tag);
  }

  private long note(Collection<String> tags, long transaction, boolean unsettled) {
    if (last.size() > MOST_TAGS) {
      forgetTooMany();
    }
    long number = count.incrementAndGet();
    var change = new Change(number, transaction, unsettled ? number : 0);
    tags.forEach(tag -> last.merge(tag, change, Change::and));
    return number;
  }

  /** From here on nothing that was loaded before is true. */
  private synchronized void forgetAll() {
    heardFrom = Long.MAX_VALUE;
    floor = Long.MAX_VALUE;
    last.clear();
    floor = count.incrementAndGet();
  }

  private void forgetTooMany() {
    forgetAll();
    long from = floor;
    if (notifications.shared()) {
      Thread.ofVirtual().name("hear-anew").start(() -> hearFrom(from, nextTransaction()));
    }
  }

  /** Unless all was forgotten again meanwhile. */
  private synchronized void hearFrom(long expectedFloor, long transaction) {
    if (floor == expectedFloor) {
      heardFrom = transaction;
    }
  }
}
