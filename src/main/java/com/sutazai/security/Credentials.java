package com.sutazai.security;

import com.sutazai.security.jwt.Tokens;
import com.sutazai.security.key.KnownKeys;
import com.sutazai.security.key.KnownKeys.Answer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a request may come with: a key, an issuer's token, or a browser's session. */
@Singleton
class Credentials {
  private static final String SCHEME = "Bearer ";

  private final KnownKeys keys;
  private final Tokens tokens;

  Credentials(KnownKeys keys, Tokens tokens) {
    this.keys = keys;
    this.tokens = tokens;
  }

  /** The key or token that the request has. */
  static @Nullable String bearer(HttpServerRequest request) {
    String header = request.getHeader("Authorization");
    return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? header.substring(SCHEME.length()).strip()
        : null;
  }

  /** The session that the request's cookie has. */
  static @Nullable String session(HttpServerRequest request) {
    if (request.getHeader("Cookie") == null) {
      return null;
    }
    Cookie cookie = request.getCookie(KnownKeys.SESSION_COOKIE);
    return cookie != null && KnownKeys.isSession(cookie.getValue()) ? cookie.getValue() : null;
  }

  /** The answer, if it is known at once; null when it is to be asked for. */
  @Nullable Answer warm(String text) {
    return isToken(text) ? tokens.warm(text) : keys.warm(text);
  }

  /** The answer after a look; completes on any thread, and never fails. */
  CompletableFuture<Answer> ask(String text) {
    return isToken(text) ? tokens.ask(text) : keys.ask(text);
  }

  private boolean isToken(String text) {
    return tokens.configured() && Tokens.mayBe(text);
  }
}
