package com.sutazai.platform.error;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a request is answered whose thread was interrupted. */
@QuarkusTest
class InterruptedRequestTest {
  private final Map<Object, Object> data = new HashMap<>();

  private RoutingContext context() {
    return (RoutingContext)
        Proxy.newProxyInstance(
            RoutingContext.class.getClassLoader(),
            new Class<?>[] {RoutingContext.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "get" -> data.get(arguments[0]);
                  case "put" -> {
                    data.put(arguments[0], arguments[1]);
                    yield proxy;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static String retryAfter(Response answer) {
    return String.valueOf(answer.getHeaderString(HttpHeaders.RETRY_AFTER));
  }

  @Test
  void it_is_told_when_to_come_again() {
    // When
    Response answer =
        new ProblemMapper(context(), new ListedRoutes(new ObjectMapper()))
            .interrupted(new InterruptedException());

    // Then
    assertThat(answer.getStatus()).isEqualTo(503);
    assertThat(retryAfter(answer)).isEqualTo("1");
  }

  @Test
  void whoever_ended_it_says_when() {
    // Given
    RoutingContext context = context();
    EarlyEnd.begin(context)
        .tell(
            new ProblemException(ErrorCode.SERVER_BUSY, "Later.")
                .retryAfter(Duration.ofSeconds(7)));

    // When, then
    assertThat(
            retryAfter(
                new ProblemMapper(context, new ListedRoutes(new ObjectMapper()))
                    .interrupted(new InterruptedException())))
        .isEqualTo("7");
  }
}
