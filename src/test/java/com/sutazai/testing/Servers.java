package com.sutazai.testing;

import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.BackendConfig;
import com.sutazai.platform.breaker.CircuitBreaker;
import java.net.URI;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/** Model servers without the program around them. */
public final class Servers {
  private static final URI NOWHERE = URI.create("http://127.0.0.1:1");

  /** The settings that a breaker has by default. */
  public static final CircuitBreaker.Limits AS_DESIGNED =
      new CircuitBreaker.Limits(
          5, 20, Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofSeconds(60));

  private Servers() {}

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
    return new Backend(name, address, new CircuitBreaker(AS_DESIGNED, nanoTime));
  }
}
