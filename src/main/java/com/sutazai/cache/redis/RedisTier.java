package com.sutazai.cache.redis;

import com.sutazai.cache.LeaseKeeper;
import com.sutazai.cache.Tier;
import com.sutazai.cache.TierStatistics;
import com.sutazai.platform.loop.Loop;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Entries in Redis, shared by all processes of an installation. Only commands on single keys are
 * used, so a Cluster serves as well as one server does.
 *
 * <p>While Redis cannot be used, operations fail at once, and the tier tries once in a while
 * whether it is back. A removal that failed is remembered: until it was made up for, no entry is
 * served here. Another process serves what it finds until then; a process that ends takes what it
 * remembers with it, and the entries end when they expire.
 */
public final class RedisTier implements Tier, AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final RedisLink link;
  private final RedisGuard guard;
  private final Keys keys;
  private final Generation generation;
  private final Tags tags;
  private final FailedRemovals failed = new FailedRemovals();
  private final RedisChannel channel;
  private final Eviction eviction;
  private final LeaseKeeper leases;
  private final long maxEntry;
  private final Loop loop;

  /**
   * How it is.
   *
   * @param state {@code up}; {@code down}, when the last operation failed; {@code skipped}, when it
   *     is left alone after several failures
   * @param lastError what was the last failure, however long ago
   */
  public record State(String state, @Nullable String lastError) {}

  /**
   * Begins to look after Redis; it may be away.
   *
   * @param namespace of one installation, so that two with the same Redis never meet
   */
  RedisTier(RedisClients clients, String namespace, MeterRegistry registry) {
    link = new RedisLink(clients);
    guard = new RedisGuard(clients.address());
    keys = new Keys(namespace);
    generation = new Generation(link, keys.generation());
    tags = new Tags(link, keys);
    channel = new RedisChannel(clients, keys.channel());
    eviction = new Eviction(link, clients.address());
    leases = new RedisLeases(keys, request -> call(() -> link.send(request)));
    maxEntry = clients.config().maxEntry().asLongValue();
    guard.show(registry);
    loop = Loop.start("cache-redis", this::look);
  }

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public byte @Nullable [] get(String name) {
    if (failed.any()) {
      throw new TierException("Redis still has entries that were to be removed", null);
    }
    Response found = call(() -> link.send(entry(Command.GET, generation.known(), name)));
    return found == null ? null : found.toBytes();
  }

  /** One that is larger than {@code sutazai.cache.redis.max-entry} only removes the older one. */
  @Override
  public void put(String name, byte[] entry, Set<String> tags, Duration keep) {
    call(
        () -> {
          if (entry.length > maxEntry) {
            link.send(entry(Command.UNLINK, generation.known(), name));
          } else {
            store(name, entry, List.copyOf(tags), keep);
          }
          return true;
        });
  }

  private void store(String name, byte[] entry, List<String> with, Duration keep) {
    String current = generation.known();
    Request set =
        entry(Command.SET, current, name).arg(entry).arg("PX").arg(Math.max(keep.toMillis(), 1));
    List<Request> added = with.stream().map(tag -> tags.add(current, tag, name, keep)).toList();
    List<Request> found = with.stream().map(tag -> tags.find(current, tag, name)).toList();
    try {
      List<@Nullable Response> answers = link.send(List.of(added, List.of(set), found));
      if (answers.subList(added.size() + 1, answers.size()).contains(null)) {
        link.send(entry(Command.UNLINK, current, name)); // a removal came in between
      }
    } catch (RedisFailure failure) {
      if (failure.kind() == RedisFailure.Kind.REFUSED) {
        link.send(entry(Command.UNLINK, current, name)); // it may be there without its tags
      }
      throw failure;
    }
  }

  @Override
  public long remove(String tag) {
    boolean done = false;
    try {
      long removed = call(() -> tags.remove(generation.read(), tag));
      done = true;
      return removed;
    } finally {
      if (!done) {
        failed.add(tag);
      }
    }
  }

  /**
   * Tells all processes that listen, this one included.
   *
   * @throws TierException when none may have heard it
   */
  public void publish(String message) {
    call(() -> link.send(channel.message(message)));
  }

  /** Hears what is published from now on, except while the connection is lost. */
  public void subscribe(Consumer<String> listener) {
    channel.subscribe(listener);
  }

  @Override
  public Optional<LeaseKeeper> leases() {
    return Optional.of(leases);
  }

  /** Entries are not counted: Redis has others' too. */
  @Override
  public TierStatistics statistics() {
    State now = guard.state();
    return new TierStatistics(name(), now.state(), null, null, now.lastError());
  }

  State state() {
    return guard.state();
  }

  private Request entry(Command command, String of, String name) {
    return Request.cmd(command).arg(keys.entry(of, name));
  }

  private <T extends @Nullable Object> T call(Supplier<T> work) {
    try {
      return guard.call(work);
    } catch (TierException e) {
      generation.doubt();
      throw e;
    }
  }

  /** Sees whether Redis is there, which generation it has, and makes up for failed removals. */
  private void look() throws InterruptedException {
    try {
      guard.probe(
          () -> {
            String current = generation.read();
            failed.makeUp(tag -> tags.remove(current, tag), generation::renew);
            eviction.warn();
            link.keepConnections();
            return true;
          });
    } catch (TierException e) {
      generation.doubt(); // and the guard has told of it
    }
    Thread.sleep(LOOK);
  }

  /** Forgets what it remembers; what is in Redis stays. */
  @Override
  public void close() {
    loop.stop();
    channel.close();
    link.close();
  }
}
