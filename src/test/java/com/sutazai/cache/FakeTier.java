package com.sutazai.cache;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A tier that is a map, and can be away or answer something else. */
final class FakeTier implements Tier {
  final Map<String, byte[]> entries = new ConcurrentHashMap<>();
  final AtomicInteger asked = new AtomicInteger();
  volatile boolean away;
  volatile UnaryOperator<byte[]> answer = UnaryOperator.identity();
  private final Map<String, Set<String>> tags = new ConcurrentHashMap<>();
  private final String name;

  FakeTier(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public byte @Nullable [] get(String entry) {
    asked.incrementAndGet();
    requireThere();
    byte[] bytes = entries.get(entry);
    return bytes == null ? null : answer.apply(bytes.clone());
  }

  @Override
  public void put(String entry, byte[] bytes, Set<String> tagged, Duration keep) {
    requireThere();
    entries.put(entry, bytes.clone());
    tags.put(entry, tagged);
  }

  @Override
  public long remove(String tag) {
    requireThere();
    return tags.entrySet().stream()
        .filter(each -> each.getValue().contains(tag))
        .filter(each -> entries.remove(each.getKey()) != null)
        .count();
  }

  @Override
  public TierStatistics statistics() {
    return new TierStatistics(name, away ? "down" : "up", null, null, null);
  }

  private void requireThere() {
    if (away) {
      throw new TierException("The tier is away", null);
    }
  }
}
