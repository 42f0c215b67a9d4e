package com.sutazai.security;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.security.audit.Audit;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerResponseContext;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;

/**
 * Refuses callers that lack what a route {@link Requires}, on the event loop, before a byte of the
 * body is read. A route that requires nothing in particular says so; one that says nothing is for
 * admins alone.
 */
@Singleton
class ScopeFilter {
  private static final int SCOPES = Priorities.AUTHORIZATION;
  private static final int AFTER_SCOPES = Priorities.AUTHORIZATION + 1;
  private static final String DECIDED = "sutazai.scope.decided";

  private final Audit audit;

  ScopeFilter(Audit audit) {
    this.audit = audit;
  }

  @Requires.Nothing
  @ServerRequestFilter(nonBlocking = true, priority = SCOPES)
  public void nothing() {
    request().put(DECIDED, true);
  }

  @Requires.AgentsRead
  @ServerRequestFilter(nonBlocking = true, priority = SCOPES)
  public void agentsRead() {
    require(Scope.AGENTS_READ);
  }

  @Requires.AgentsWrite
  @ServerRequestFilter(nonBlocking = true, priority = SCOPES)
  public void agentsWrite() {
    require(Scope.AGENTS_WRITE);
  }

  @Requires.TasksRead
  @ServerRequestFilter(nonBlocking = true, priority = SCOPES)
  public void tasksRead() {
    require(Scope.TASKS_READ);
  }

  @Requires.TasksWrite
  @ServerRequestFilter(nonBlocking = true, priority = SCOPES)
  public void tasksWrite() {
    require(Scope.TASKS_WRITE);
  }

  @Requires.TasksWork
  @ServerRequestFilter(nonBlocking = true, priority = SCOPES)
  public void tasksWork() {
    require(Scope.TASKS_WORK);
  }

  @Requires.DocumentsRead
  @ServerRequestFilter(nonBlocking = true, priority = SCOPES)
  public void documentsRead() {
    require(Scope.DOCUMENTS_READ);
  }

  @Requires.DocumentsWrite
  @ServerRequestFilter(nonBlocking = true, priority = SCOPES)
  public void documentsWrite() {
    require(Scope.DOCUMENTS_WRITE);
  }

  @Requires.ModelsUse
  @ServerRequestFilter(nonBlocking = true, priority = SCOPES)
  public void modelsUse() {
    require(Scope.MODELS_USE);
  }

  @Requires.ModelsAdmin
  @ServerRequestFilter(nonBlocking = true, priority = SCOPES)
  public void modelsAdmin() {
    require(Scope.MODELS_ADMIN);
  }

  @Requires.ResourcesUse
  @ServerRequestFilter(nonBlocking = true, priority = SCOPES)
  public void resourcesUse() {
    require(Scope.RESOURCES_USE);
  }

  @Requires.MetricsRead
  @ServerRequestFilter(nonBlocking = true, priority = SCOPES)
  public void metricsRead() {
    require(Scope.METRICS_READ);
  }

  @Requires.Admin
  @ServerRequestFilter(nonBlocking = true, priority = SCOPES)
  public void admin() {
    require(Scope.ADMIN);
  }

  /** On doubt, deny. */
  @ServerRequestFilter(nonBlocking = true, priority = AFTER_SCOPES)
  public void undecided() {
    RoutingContext context = request();
    if (context.get(DECIDED) == null) {
      require(context, Scope.ADMIN);
    }
  }

  private static RoutingContext request() {
    return CurrentRequestManager.get().unwrap(RoutingContext.class);
  }

  private void require(Scope scope) {
    RoutingContext context = request();
    context.put(DECIDED, true);
    require(context, scope);
  }

  private void require(RoutingContext context, Scope scope) {
    Caller caller = caller(context);
    if (!caller.may(scope)) {
      context.request().resume(); // a body is read and dropped, so the connection goes on
    }
    caller.require(scope);
    if (scope == Scope.ADMIN || scope == Scope.MODELS_ADMIN) {
      watch(context, caller);
    }
  }

  private static Caller caller(RoutingContext context) {
    Caller caller = CurrentCaller.of(context);
    if (caller == null) {
      throw new ProblemException(ErrorCode.UNAUTHENTICATED, Gate.HOW);
    }
    return caller;
  }

  /** What administrators change is written down; what they look at is not. */
  private void watch(RoutingContext context, Caller caller) {
    String method = context.request().method().name();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      audit.watch(context, caller);
    }
  }

  /** Notes what is refused after the gate, here or by the route itself. */
  @ServerResponseFilter
  public void refused(ContainerResponseContext response) {
    int status = response.getStatus();
    if (status == ErrorCode.UNAUTHENTICATED.status() || status == ErrorCode.FORBIDDEN.status()) {
      RoutingContext context = request();
      audit.denied(context, CurrentCaller.of(context), status);
    }
  }
}
