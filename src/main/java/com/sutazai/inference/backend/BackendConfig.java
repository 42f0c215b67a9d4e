package com.sutazai.inference.backend;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.hibernate.validator.constraints.time.DurationMin;

/** Where the model servers are, and how patient we are with them. */
@ConfigMapping(prefix = "sutazai.inference")
public interface BackendConfig {
  /**
   * Addresses of Ollama servers, comma-separated; {@code OLLAMA_BASE_URL} sets it too. When no
   * server is set at all, {@code http://localhost:11434}.
   */
  Optional<List<URI>> baseUrl();

  /**
   * Addresses of servers that speak OpenAI's API, comma-separated and without {@code /v1}; {@code
   * OPENAI_BASE_URL} sets it too.
   */
  Optional<List<URI>> openaiBaseUrl();

  /** Key that is sent to those; {@code OPENAI_API_KEY} sets it too. */
  Optional<String> openaiApiKey();

  /** Further servers by name, each with its own settings; they replace the two lists above. */
  Map<String, Server> backends();

  /** One model server. */
  interface Server {
    /** Its address, without {@code /v1}. */
    URI url();

    /** {@code ollama} or {@code openai}. */
    @WithDefault("ollama")
    Kind kind();

    /** Sent as {@code Authorization: Bearer}. */
    Optional<String> apiKey();

    /** Share of the work, beside the others of its tier. */
    @WithDefault("1")
    @Min(1)
    int weight();

    /** Requests it works on at once; asked of the server or measured when it is not set. */
    @Min(1)
    OptionalInt slots();

    /** Servers of a higher tier are asked only when none of a lower one can answer. */
    @WithDefault("0")
    @Min(0)
    int tier();
  }

  /** What a server speaks. */
  enum Kind {
    OLLAMA,
    OPENAI
  }

  /** Connections kept to each server, and most requests it is given at once. */
  @WithDefault("100")
  @Min(1)
  int maxConcurrent();

  /**
   * Requests that each server works on at once, where it has no number of its own; asked of the
   * server or measured when it is not set.
   */
  @Min(1)
  OptionalInt slots();

  /** Most slots that are found by measuring. */
  @WithDefault("16")
  @Min(1)
  int maxSlots();

  /** Model of requests that name none; of the engine inside also the path of its file. */
  @WithDefault("tinyllama")
  ConfiguredModel model();

  /**
   * Models that may answer for a name that no server lists, in order of preference: {@code
   * sutazai.inference.aliases.gpt-oss=tinyllama,llama3.2}.
   */
  Map<String, List<String>> aliases();

  /** How long connecting may take. */
  @WithDefault("2s")
  @DurationMin(millis = 1)
  Duration connectTimeout();

  /** How long a server may take until it begins to answer, loading the model included. */
  @WithDefault("30s")
  @DurationMin(millis = 1)
  Duration firstByteTimeout();

  /**
   * How long a server may take to tell its models and how it is; others are not waited for longer.
   */
  @WithDefault("5s")
  @DurationMin(millis = 1)
  Duration listTimeout();

  /** Longest silence between two tokens. The whole answer has no limit but the caller's own. */
  @WithDefault("30s")
  @DurationMin(millis = 1)
  Duration tokenTimeout();

  /** How long an unused connection is kept. */
  @WithDefault("5m")
  @DurationMin
  Duration keepAlive();

  /** How long a server's list of models is trusted, and how often an unused server is looked at. */
  @WithDefault("10s")
  @DurationMin
  Duration modelsRefresh();

  /** When a server is left alone for a while. */
  Breaker breaker();

  /** Opens after {@code failures} in a row, or when half of many recent calls failed. */
  interface Breaker {
    /** Consecutive failures that open it. */
    @WithDefault("5")
    @Min(1)
    int failures();

    /** Calls within the window from which on a half of failures opens it. */
    @WithDefault("20")
    @Min(1)
    int minCalls();

    /** The window in which calls are counted. */
    @WithDefault("60s")
    @DurationMin(millis = 1)
    Duration window();

    /** First pause until a probe; doubles with each failed probe. */
    @WithDefault("1s")
    @DurationMin
    Duration pause();

    /** Longest pause until a probe. */
    @WithDefault("60s")
    @DurationMin
    Duration maxPause();
  }
}
