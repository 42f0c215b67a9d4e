package com.sutazai.security.audit;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Endpoint;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Sql;
import com.sutazai.security.proxy.Proxies;
import io.quarkus.arc.Arc;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what administrators do and what is refused. What a service of ours changes in its own
 * transaction is written there; all else when its request ends, in batches.
 */
@ApplicationScoped
public class Audit {
  private static final String WRITTEN = "sutazai.audit.written";
  private static final String WATCHED = "sutazai.audit.watched";
  private static final String REQUEST_ID = "X-Request-Id";
  private static final int LONGEST_TARGET = 500;
  private static final int LEFT = 499;

  private final AuditRepository repository;
  private final AuditQueue queue;
  private final CurrentVertxRequest requests;
  private final Proxies proxies;
  private final Ids ids;
  private final InstantSource clock;

  Audit(
      AuditRepository repository,
      AuditQueue queue,
      CurrentVertxRequest requests,
      Proxies proxies,
      Ids ids,
      InstantSource clock) {
    this.repository = repository;
    this.queue = queue;
    this.requests = requests;
    this.proxies = proxies;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * Writes that the caller of the request at hand, or a command, does something, in the transaction
   * that does it.
   *
   * @param action such as {@code key.make}
   */
  public void write(Sql sql, String action, Object target) {
    repository.insert(sql, List.of(event(action, target.toString())));
  }

  private AuditEvent event(String action, String target) {
    RoutingContext current = current();
    if (current != null) {
      current.put(WRITTEN, true);
      return event(current, CurrentCaller.of(current), action, target, AuditEvent.DONE, null);
    }
    return new AuditEvent(
        ids.next(),
        clock.instant(),
        Caller.LOCAL_OWNER,
        Caller.LOCAL.ownerName(),
        null,
        action,
        target,
        AuditEvent.DONE,
        null,
        null,
        null,
        1);
  }

  /** The request at hand; null where a command is at work. */
  private @Nullable RoutingContext current() {
    return Arc.container().requestContext().isActive() ? requests.getCurrent() : null;
  }

  /** Writes what becomes of the request when it ends, unless that is written with its change. */
  public void watch(RoutingContext context, Caller caller) {
    watch(context, caller, null);
  }

  /** The same of a request for the things of another owner. */
  public void watch(RoutingContext context, Caller caller, @Nullable String owner) {
    if (context.get(WATCHED) != null) {
      return;
    }
    context.put(WATCHED, true);
    context.addEndHandler(
        ended -> {
          int status = ended.succeeded() ? context.response().getStatusCode() : LEFT;
          if (status >= 400 || context.get(WRITTEN) == null) {
            queue.add(
                event(
                    context,
                    caller,
                    action(context),
                    owner == null ? path(context) : path(context) + " of " + owner,
                    outcome(status),
                    status));
          }
        });
  }

  private static String outcome(int status) {
    if (status == 401 || status == 403) {
      return AuditEvent.DENIED;
    }
    return status < 400 ? AuditEvent.DONE : AuditEvent.FAILED;
  }

  /** Notes that the request is refused, by whatever credentials it came. */
  public void denied(RoutingContext context, @Nullable Caller caller, int status) {
    if (context.get(WATCHED) == null) {
      queue.deny(event(context, caller, action(context), path(context), AuditEvent.DENIED, status));
    }
  }

  private static String action(RoutingContext context) {
    String endpoint = Endpoint.find(context);
    String method = context.request().method().name();
    return cut((endpoint == null ? method : method + " " + endpoint), 100);
  }

  private static String path(RoutingContext context) {
    return context.request().path();
  }

  private AuditEvent event(
      RoutingContext context,
      @Nullable Caller caller,
      String action,
      String target,
      String outcome,
      @Nullable Integer status) {
    UUID id = ids.next();
    return new AuditEvent(
        id,
        clock.instant(),
        caller == null ? null : caller.owner(),
        caller == null ? null : caller.ownerName(),
        caller == null ? null : caller.keyId(),
        cut(action, 100),
        cut(target.replace('\0', ' '), LONGEST_TARGET),
        outcome,
        status,
        proxies.address(context.request()),
        context.response().headers().get(REQUEST_ID),
        1);
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most);
  }
}
