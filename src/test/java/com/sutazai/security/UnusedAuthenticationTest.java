package com.sutazai.security;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.quarkus.vertx.http.runtime.security.SecurityHandlerPriorities;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.junit.jupiter.api.Test;

/** What the framework does for its own authentication before a route is looked for. */
@QuarkusTest
class UnusedAuthenticationTest {
  private static final String SHOWN = "X-Failure-Handler";

  /** Shows, to who asks for it, what would handle a failure of that authentication. */
  @Singleton
  static class Shows {
    private static final int AFTER_THE_FRAMEWORK = SecurityHandlerPriorities.AUTHENTICATION - 2;

    void register(@Observes Filters filters) {
      filters.register(Shows::show, AFTER_THE_FRAMEWORK);
    }

    private static void show(RoutingContext context) {
      if (context.request().headers().contains(SHOWN)) {
        Object handler = context.get(QuarkusHttpUser.AUTH_FAILURE_HANDLER);
        context.response().putHeader(SHOWN, handler.getClass().getPackageName());
      }
      context.next();
    }
  }

  @Test
  void the_framework_does_not_prepare_for_its_failure() {
    given()
        .header(SHOWN, "please")
        .get("/api/agents")
        .then()
        .statusCode(200)
        .header(SHOWN, equalTo("com.sutazai.security"));
  }
}
