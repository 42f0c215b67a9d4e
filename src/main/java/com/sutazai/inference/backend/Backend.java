package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.BackendConfig.Kind;
import com.sutazai.platform.breaker.CircuitBreaker;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One model server: where it is, what it speaks, how it is, and which models it has. The engine
 * inside is one too, whose place changes each time that it is started.
 */
public final class Backend {
  private final String name;
  private final Address address;
  private final CircuitBreaker breaker;
  private volatile @Nullable ModelList list;
  private volatile @Nullable ModelFailure unwell;
  private volatile OptionalInt ownSlots = OptionalInt.empty();
  private final @Nullable EnginePlace engine;
  private final AtomicInteger calls = new AtomicInteger();

  /**
   * What is set about a server.
   *
   * @param weight its share of the work, beside the others of its tier
   * @param tier servers of a higher one are asked only when none of a lower one can answer
   * @param slots requests it works on at once; empty to ask it or to measure
   */
  public record Address(
      URI url, Kind kind, @Nullable String apiKey, int weight, int tier, OptionalInt slots) {}

  public Backend(String name, Address address, CircuitBreaker breaker) {
    this(name, address, breaker, null);
  }

  Backend(String name, Address address, CircuitBreaker breaker, @Nullable EnginePlace engine) {
    this.name = name;
    this.address = address;
    this.breaker = breaker;
    this.engine = engine;
  }

  /** The name under which it is set, which metrics show. */
  public String name() {
    return name;
  }

  /** Where it is, as people are told it. */
  public URI url() {
    return address.url();
  }

  /** The same in a sentence. */
  public String where() {
    return engine == null ? url().toString() : "the engine inside";
  }

  /**
   * Where requests go; waits for the engine inside while it is being started.
   *
   * @throws ModelFailure when that does not run
   */
  URI reach() throws ModelFailure, InterruptedException {
    return engine == null ? address.url() : engine.await();
  }

  /** Whether it is the engine inside, which works for this process alone. */
  public boolean isEngine() {
    return engine != null;
  }

  public int weight() {
    return address.weight();
  }

  public int tier() {
    return address.tier();
  }

  public CircuitBreaker breaker() {
    return breaker;
  }

  @Nullable String authorization() {
    return address.apiKey() == null ? null : "Bearer " + address.apiKey();
  }

  /** Requests that it works on at once, as it is set or as the server says; empty if unknown. */
  public OptionalInt slots() {
    return address.slots().isPresent() ? address.slots() : ownSlots;
  }

  /** Whether it has Ollama's own API; each server has OpenAI's. */
  public boolean isOllama() {
    return address.kind() == Kind.OLLAMA;
  }

  /** Names of the models that it said it has; empty before its first answer. */
  public Set<String> models() {
    ModelList known = list;
    return known == null ? Set.of() : known.models().keySet();
  }

  /** The listed name that {@code wanted} means; empty when it is not listed. */
  public Optional<String> find(String wanted) {
    ModelList known = list;
    return known == null ? Optional.empty() : known.find(wanted);
  }

  /** What it told about each of its models, by name. */
  public Map<String, ObjectNode> described() {
    ModelList known = list;
    return known == null ? Map.of() : known.models();
  }

  /** Whether it said which models it has, and nothing has failed since. */
  public boolean hasSpoken() {
    return list != null && unwell == null;
  }

  /** The newest list; null before the first and after {@link #forget}. */
  @Nullable ModelList list() {
    return list;
  }

  /** Why its list could not be read the last time; null when it could. */
  public @Nullable ModelFailure unwell() {
    return unwell;
  }

  void listed(ModelList fresh, OptionalInt slots) {
    list = fresh;
    unwell = null;
    ownSlots = slots;
  }

  void failed(ModelFailure failure) {
    unwell = failure;
  }

  /** Forgets its models, because the server contradicted the list. */
  public void forget() {
    list = null;
  }

  /** Calls of it that are under way, whoever made them and whatever they ask; but for its lists. */
  public int calls() {
    return calls.get();
  }

  /** Counts a call; to be told when it is over, once or more often. */
  Runnable called() {
    calls.incrementAndGet();
    AtomicBoolean over = new AtomicBoolean();
    return () -> {
      if (over.compareAndSet(false, true)) {
        calls.decrementAndGet();
      }
    };
  }

  @Override
  public String toString() {
    return name;
  }
}
