package com.sutazai.inference;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** Where the model server is, how patient we are with it, and what we ask it by default. */
@ConfigMapping(prefix = "sutazai.inference")
interface InferenceConfig {
  /** Address of an Ollama server; {@code OLLAMA_BASE_URL} sets it too. */
  @WithDefault("http://localhost:11434")
  URI baseUrl();

  /** Model of requests that name none. */
  @WithDefault("tinyllama")
  String model();

  /** How long connecting may take. */
  @WithDefault("2s")
  Duration connectTimeout();

  /** How long the server may take until it begins to answer, loading the model included. */
  @WithDefault("30s")
  Duration firstByteTimeout();

  /** Longest silence between two tokens. The whole answer has no limit but the caller's own. */
  @WithDefault("30s")
  Duration tokenTimeout();

  /** Further tries after a failure that came before the first token. */
  @WithDefault("2")
  int retries();

  /** Pause before the first retry; doubles with each further one, plus or minus half of it. */
  @WithDefault("100ms")
  Duration retryPause();

  /** Requests at the server at once, and connections kept to it. */
  @WithDefault("100")
  int maxConcurrent();

  /** Requests that may wait for one of those; past it 503 {@code model_busy}. */
  @WithDefault("1000")
  int maxWaiting();

  /** How long an unused connection is kept. */
  @WithDefault("5m")
  Duration keepAlive();

  /** How long the server's list of models is trusted. */
  @WithDefault("10s")
  Duration modelsRefresh();

  /** Longest text that is collected for one answer; streams have no such limit. */
  @WithDefault("4M")
  MemorySize maxAnswer();

  /** When the server is left alone for a while. */
  com.sutazai.inference.backend.BackendConfig.Breaker breaker();

  /** Sampling options of {@code /generate}, {@code /process} and {@code inference} tasks. */
  Defaults defaults();

  /** Opens after {@code failures} in a row, or when half of many recent calls failed. */
  interface Breaker {
    /** Consecutive failures that open it. */
    @WithDefault("5")
    int failures();

    /** Calls within the window from which on a half of failures opens it. */
    @WithDefault("20")
    int minCalls();

    /** The window in which calls are counted. */
    @WithDefault("60s")
    Duration window();

    /** First pause until a probe; doubles with each failed probe. */
    @WithDefault("1s")
    Duration pause();

    /** Longest pause until a probe. */
    @WithDefault("60s")
    Duration maxPause();
  }

  /** Guide 6.1; a request's own options replace them one by one. */
  interface Defaults {
    /** Randomness; 0 always takes the likeliest token. */
    @WithDefault("0.7")
    double temperature();

    /** Candidates kept for each token. */
    @WithDefault("40")
    int topK();

    /** Probability mass kept for each token. */
    @WithDefault("0.9")
    double topP();

    /** Most tokens of an answer. */
    @WithDefault("128")
    int numPredict();

    /** Most tokens of a streamed answer. */
    @WithDefault("256")
    int numPredictStream();

    /** Penalty on repeated tokens; 1 is none. */
    @WithDefault("1.1")
    double repeatPenalty();

    /** Texts that end an answer. */
    @WithDefault("\n\n,User:,Assistant:")
    List<String> stop();
  }
}
