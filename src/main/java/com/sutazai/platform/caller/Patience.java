package com.sutazai.platform.caller;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long the caller of the request at hand says that it waits. */
@Singleton
public class Patience {
  private static final Pattern WAIT =
      Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*(\\d{1,9})(?:$|[,;\\s])");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

  private final RoutingContext context;

  Patience(RoutingContext context) {
    this.context = context;
  }

  /** As {@code Prefer: wait} has it, or the timeout that OpenAI's clients tell. */
  public Optional<Duration> find() {
    HttpServerRequest request = context.request();
    return preferred(request.getHeader("Prefer"))
        .or(() -> seconds(request.getHeader("X-Stainless-Timeout")));
  }

  private static Optional<Duration> seconds(@Nullable String text) {
    return Optional.ofNullable(text)
        .filter(each -> SECONDS.matcher(each).matches())
        .map(each -> Duration.ofSeconds(Long.parseLong(each)));
  }

  /** RFC 7240, section 4.3. */
  public static Optional<Duration> preferred(@Nullable String prefer) {
    Matcher wait = WAIT.matcher(prefer == null ? "" : prefer);
    return wait.find() ? seconds(wait.group(1)) : Optional.empty();
  }
}
