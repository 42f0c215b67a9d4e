package com.sutazai.security.quota;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ErrorForms;
import com.sutazai.platform.error.Problem;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * Counts requests after the gate, on the event loop, and tells callers what they have left. Only an
 * account that is not known yet is waited for. What an operator needs to see is not counted.
 */
@Singleton
class QuotaRoute {
  /** After the gate, which says whose request it is, and before all that answers. */
  private static final int ORDER = 975;

  /** Where clients know other fields. */
  private static final String OPENAI = "/v1/";

  private final Quotas quotas;
  private final ErrorForms errors;

  QuotaRoute(Quotas quotas, ErrorForms errors) {
    this.quotas = quotas;
    this.errors = errors;
  }

  void register(@Observes Filters filters) {
    filters.register(this::check, ORDER);
  }

  private void check(RoutingContext context) {
    Caller caller = CurrentCaller.of(context);
    if (caller == null || quotas.exempt(caller) || isOperation(context.request().path())) {
      context.next();
      return;
    }
    Account account = quotas.warm(caller);
    if (account != null) {
      count(context, account);
      return;
    }
    Context loop = Vertx.currentContext();
    quotas.ask(caller).thenAccept(known -> loop.runOnContext(later -> count(context, known)));
  }

  private static boolean isOperation(String path) {
    return path.equals("/health") || path.equals("/metrics") || path.startsWith("/q/health");
  }

  private void count(RoutingContext context, Account account) {
    Refusal refusal = quotas.request(account);
    HttpServerResponse response = context.response();
    String policy = account.policy();
    if (!policy.isEmpty()) {
      List<Left> left = quotas.left(account);
      response
          .putHeader(RateLimitFields.POLICY, policy)
          .putHeader(RateLimitFields.LIMIT, RateLimitFields.limit(left));
      if (context.request().path().startsWith(OPENAI)) {
        RateLimitFields.openAi(left).forEach(response::putHeader);
      }
    }
    if (refusal == null) {
      context.next();
    } else {
      response.putHeader("Retry-After", String.valueOf(refusal.seconds()));
      context.request().resume(); // its body is read and dropped, so the connection goes on
      errors.refuse(context, Problem.of(ErrorCode.QUOTA_EXCEEDED, refusal.detail(), null));
    }
  }
}
