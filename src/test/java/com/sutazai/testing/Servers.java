package com.sutazai.testing;

import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.BackendConfig;
import com.sutazai.inference.backend.CircuitBreaker;
import java.net.URI;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/** Model servers without the program around them. */
public final class Servers {
  private static final URI NOWHERE = URI.create("http://127.0.0.1:1");

  private Servers() {}

  /** A breaker with the settings that it has by default. */
  public record AsDesigned() implements BackendConfig.Breaker {
    @Override
    public int failures() {
      return 5;
    }

    @Override
    public int minCalls() {
      return 20;
    }

    @Override
    public Duration window() {
      return Duration.ofSeconds(60);
    }

    @Override
    public Duration pause() {
      return Duration.ofSeconds(1);
    }

    @Override
    public Duration maxPause() {
      return Duration.ofSeconds(60);
    }
  }

  /** One whose slots are not known. */
  public static Backend of(String name) {
    return of(name, 0, OptionalInt.empty());
  }

  public static Backend withSlots(String name, int slots) {
    return of(name, 0, OptionalInt.of(slots));
  }

  /** One that is asked only when the others cannot answer. */
  public static Backend spare(String name, int slots) {
    return of(name, 1, OptionalInt.of(slots));
  }

  /** An Ollama server that answers. */
  public static Backend at(String url) {
    return of("ollama", URI.create(url), 0, OptionalInt.empty());
  }

  /** One whose breaker goes by this clock. */
  public static Backend timedBy(LongSupplier nanoTime, String name, int slots) {
    return of(name, NOWHERE, 0, OptionalInt.of(slots), nanoTime);
  }

  private static Backend of(String name, int tier, OptionalInt slots) {
    return of(name, NOWHERE, tier, slots);
  }

  private static Backend of(String name, URI url, int tier, OptionalInt slots) {
    return of(name, url, tier, slots, System::nanoTime);
  }

  private static Backend of(
      String name, URI url, int tier, OptionalInt slots, LongSupplier nanoTime) {
    var address = new Backend.Address(url, BackendConfig.Kind.OLLAMA, null, 1, tier, slots);
    return new Backend(name, address, new CircuitBreaker(new AsDesigned(), nanoTime));
  }
}
