package com.sutazai.inference.usage;

import com.sutazai.inference.backend.Usage;
import com.sutazai.platform.model.ModelTag;
import java.time.LocalDate;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one owner used of one model on one day (UTC), or a part of it that is still to be added. */
public record UsageRow(Key key, Amounts amounts) {
  /** What is more than this is no count, whoever says so. */
  private static final long MOST_TOKENS = 1_000_000_000;

  /** What usage is kept by. */
  public record Key(UUID owner, LocalDate day, String model) {
    public Key {
      if (!ModelTag.isName(model)) {
        throw new IllegalArgumentException(
            "A model's name has 1 to " + ModelTag.LONGEST + " characters and no U+0000");
      }
    }
  }

  /**
   * Sums over requests.
   *
   * @param failed those of them that failed
   * @param uncounted those of them that were answered without a count of tokens
   */
  public record Amounts(
      long requests,
      long failed,
      long uncounted,
      long promptTokens,
      long completionTokens,
      long queueNanos,
      long totalNanos) {

    Amounts plus(Amounts other) {
      return new Amounts(
          requests + other.requests,
          failed + other.failed,
          uncounted + other.uncounted,
          promptTokens + other.promptTokens,
          completionTokens + other.completionTokens,
          queueNanos + other.queueNanos,
          totalNanos + other.totalNanos);
    }
  }

  static UsageRow of(UUID owner, LocalDate day, String model, Outcome outcome) {
    Usage counted = counted(outcome.usage());
    return new UsageRow(
        new Key(owner, day, model),
        new Amounts(
            1,
            outcome.failed() ? 1 : 0,
            counted == null && !outcome.failed() ? 1 : 0,
            counted == null ? 0 : counted.promptTokens(),
            counted == null ? 0 : counted.completionTokens(),
            Math.max(0, outcome.queueNanos()),
            Math.max(0, outcome.totalNanos())));
  }

  static UsageRow of(Map.Entry<Key, Amounts> entry) {
    return new UsageRow(entry.getKey(), entry.getValue());
  }

  private static @Nullable Usage counted(@Nullable Usage usage) {
    return usage != null && isCount(usage.promptTokens()) && isCount(usage.completionTokens())
        ? usage
        : null;
  }

  private static boolean isCount(long tokens) {
    return tokens >= 0 && tokens <= MOST_TOKENS;
  }
}
