package com.sutazai.platform.caller;

import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The caller of the request at hand, set once by the gate. Resources read it and pass it on as an
 * argument.
 */
@ApplicationScoped
public class CurrentCaller {
  private static final String KEY = "sutazai.caller";

  private static final String CREDENTIAL = "sutazai.credential";

  private final RoutingContext context;

  CurrentCaller(RoutingContext context) {
    this.context = context;
  }

  public static void put(RoutingContext context, Caller caller) {
    context.put(KEY, caller);
  }

  /** Notes what the request came with, if that can end before the request does. */
  public static void putCredential(RoutingContext context, String credential) {
    context.put(CREDENTIAL, credential);
  }

  /** What the request came with; null when it is nothing that can end. */
  static @Nullable String credential(RoutingContext context) {
    return context.get(CREDENTIAL);
  }

  /** The caller of that request; null before the gate, and on an open route without credentials. */
  public static @Nullable Caller of(RoutingContext context) {
    return context.get(KEY);
  }

  /** The caller; empty on an open route without credentials. */
  public Optional<Caller> find() {
    return Optional.ofNullable(context.get(KEY));
  }

  public Caller get() {
    Caller caller = context.get(KEY);
    if (caller == null) {
      throw new IllegalStateException("A request reached a resource without passing the gate");
    }
    return caller;
  }
}
