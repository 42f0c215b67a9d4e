package com.sutazai.platform.caller;

import com.sutazai.platform.error.EarlyEnd;
import com.sutazai.platform.error.ProblemException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** A request that waits for something, or whose answer comes piece by piece. */
public final class WaitingRequest {
  private final HttpServerRequest request;
  private final @Nullable String credential;
  private final EarlyEnd end;
  private final Taking taking = new Taking();

  private final boolean idle;
  private final Thread thread = Thread.currentThread();

  private WaitingRequest(RoutingContext context, boolean idle) {
    this.idle = idle;
    request = context.request();
    credential = CurrentCaller.credential(context);
    end = EarlyEnd.begin(context);
  }

  /**
   * That of the calling thread.
   *
   * @param idle whether nothing is done for it meanwhile, so that nothing is lost when it ends
   *     early
   */
  static WaitingRequest of(RoutingContext context, boolean idle) {
    return new WaitingRequest(context, idle);
  }

  /** Whether nothing is done for it while it waits. */
  boolean idle() {
    return idle;
  }

  /** The key, token or session that it came with; null when none can end. */
  public @Nullable String credential() {
    return credential;
  }

  /** Whether it was ended, and is still there. */
  public boolean ended() {
    return end.reason() != null;
  }

  /** Why it was ended; null when it was not. */
  @Nullable ProblemException reason() {
    return end.reason();
  }

  /** Has it answered with the reason: whoever serves it is interrupted. */
  public void end(ProblemException reason) {
    end.tell(reason);
    thread.interrupt();
  }

  /** Whether its caller takes the answer. */
  Taking taking() {
    return taking;
  }

  /** Ends it as if the caller had left. */
  void leave() {
    cut();
    thread.interrupt();
  }

  /** Ends it without an answer. */
  public void cut() {
    Connections.end(request);
  }
}
