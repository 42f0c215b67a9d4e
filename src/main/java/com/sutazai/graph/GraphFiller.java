package com.sutazai.graph;

import com.sutazai.graph.GraphFeed.Standing;
import com.sutazai.graph.GraphNodes.Feed;
import com.sutazai.graph.GraphTurn.Outcome;
import com.sutazai.graph.GraphTurn.Refused;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the copy of the graph on one server: looks for changes, has them written, and looks from
 * time to time whether the server still holds what was written. In every process; their turns
 * exclude each other.
 */
final class GraphFiller {
  private static final Logger LOG = Logger.getLogger(GraphFiller.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(5);

  private final GraphFeed feed;
  private final Neo4jServer server;
  private final Neo4jConfig config;
  private final GraphTurn turns;
  private boolean toldForeign;
  private long checkedAt;
  private volatile boolean ours;
  private volatile @Nullable Heard heard;

  GraphFiller(GraphFeed feed, Neo4jServer server, GraphTurn turns, Neo4jConfig config) {
    this.feed = feed;
    this.server = server;
    this.turns = turns;
    this.config = config;
  }

  /** How it stood at a moment of {@code nanoTime}. */
  private record Heard(Standing standing, long at) {}

  /** Whether the server answers and its copy lacks little, as far as was heard lately. */
  boolean isInStep() {
    Heard last = heard;
    long longest = config.maxBehind().toNanos();
    return ours
        && server.isUsable()
        && last != null
        && last.standing.complete()
        && Duration.ofMillis(last.standing.behindMs()).toNanos() <= longest
        && System.nanoTime() - last.at <= longest;
  }

  /** Changes that wait, at most; NaN while that is not known. */
  double waiting() {
    Heard last = heard;
    return last == null ? Double.NaN : last.standing.waiting();
  }

  /** One step of the loop. */
  void step() throws InterruptedException {
    Standing now = feed.look();
    heard = new Heard(now, System.nanoTime());
    if (!now.watching()) {
      if (!feed.open()) {
        Thread.sleep(PAUSE);
      }
      return;
    }
    if (now.waiting() > config.maxWaiting()) {
      LOG.warnf("%d changes wait for Neo4j: its copy of the graph is made anew", now.waiting());
      feed.startOver();
    }
    if (!write(now)) {
      Thread.sleep(config.interval());
    }
  }

  /** Whether there may be more to write. */
  private boolean write(Standing now) throws InterruptedException {
    try {
      if (ours && (now.waiting() > 0 || now.rebuilding())) {
        return turns.take() == Outcome.MORE;
      }
      if (!ours || System.nanoTime() - checkedAt > BETWEEN_CHECKS.toNanos()) {
        check(now);
        return ours;
      }
    } catch (Refused outdated) {
      ours = false;
    } catch (Neo4jFailure told) {
      ours = false;
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
    }
    return false;
  }

  /** Finds out what the server holds, and begins anew where that is not what was written. */
  private void check(Standing now) {
    feed.seen();
    Optional<Feed> found = server.write(GraphNodes::feed);
    String source = now.source().toString();
    if (found.isPresent() && !found.get().source().equals(source)) {
      tellForeign();
      return;
    }
    if (found.isEmpty() || found.get().turn() < now.lastTurn()) {
      GraphNodes.SCHEMA.forEach(each -> server.write(work -> work.run(each, java.util.Map.of())));
      server.write(work -> work.run(GraphNodes.AWAIT_SCHEMA, java.util.Map.of()));
      feed.rebuild(true);
      server.write(
          work -> {
            GraphNodes.makeFeed(work, source, now.lastTurn());
            return work;
          });
    }
    checkedAt = System.nanoTime();
    ours = true;
    toldForeign = false;
  }

  private void tellForeign() {
    ours = false;
    if (!toldForeign) {
      toldForeign = true;
      LOG.warn(
          "Neo4j holds the graph of another database, so graphs are PostgreSQL's: set"
              + " sutazai.graph.neo4j.database to one of its own, or empty that one");
    }
  }
}
