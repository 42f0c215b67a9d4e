package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.inference.ModelRequest.Reuse;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.PositiveOrZero;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

/** What we ask a model by default, and how we take its answer. */
@ConfigMapping(prefix = "sutazai.inference")
public interface InferenceConfig {
  /** Further tries after a failure that came before the first token. */
  @WithDefault("2")
  @Min(0)
  int retries();

  /** Pause before the first retry; doubles with each further one, plus or minus half of it. */
  @WithDefault("100ms")
  @DurationMin
  Duration retryPause();

  /** Longest text that is collected for one answer; streams have no such limit. */
  @WithDefault("4M")
  MemorySize maxAnswer();

  /** Which answers are used again. */
  Cache cache();

  /** Answers that serve more than one request. */
  interface Cache {
    /**
     * Which answers of {@code /generate}, {@code /process} and {@code inference} tasks are used
     * again.
     */
    @WithName("native")
    @WithDefault("always")
    Reusable ownDoors();

    /** Longest answer that is kept, in bytes as it is written down. */
    @WithDefault("1M")
    MemorySize maxAnswer();
  }

  /** Which answers are used again where nobody says anything. */
  enum Reusable {
    ALWAYS,
    /** Those at temperature 0 or with a seed. */
    DETERMINISTIC,
    /** None, whatever the caller says. */
    OFF;

    /** What may be done with an answer under these options, when the caller wishes this. */
    Reuse of(JsonNode options, @Nullable Boolean wish) {
      return switch (this) {
        case ALWAYS -> Reuse.of(true, wish);
        case DETERMINISTIC -> Reuse.of(SamplingOptions.deterministic(options), wish);
        case OFF -> Reuse.NONE;
      };
    }
  }

  /** Sampling options of {@code /generate}, {@code /process} and {@code inference} tasks. */
  Defaults defaults();

  /** Guide 6.1; a request's own options replace them one by one. */
  interface Defaults {
    /** Randomness; 0 always takes the likeliest token. */
    @WithDefault("0.7")
    @PositiveOrZero
    double temperature();

    /** Candidates kept for each token. */
    @WithDefault("40")
    @Min(0)
    int topK();

    /** Probability mass kept for each token. */
    @WithDefault("0.9")
    @PositiveOrZero
    double topP();

    /** Most tokens of an answer. */
    @WithDefault("128")
    @Min(-2)
    int numPredict();

    /** Most tokens of a streamed answer. */
    @WithDefault("256")
    @Min(-2)
    int numPredictStream();

    /** Penalty on repeated tokens; 1 is none. */
    @WithDefault("1.1")
    @PositiveOrZero
    double repeatPenalty();

    /** Texts that end an answer. */
    @WithDefault("\n\n,User:,Assistant:")
    List<String> stop();
  }
}
