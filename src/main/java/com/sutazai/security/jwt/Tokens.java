package com.sutazai.security.jwt;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.sutazai.platform.caller.Allowed;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Digests;
import com.sutazai.platform.sql.Database;
import com.sutazai.security.key.KnownKeys.Answer;
import com.sutazai.security.key.Owners;
import com.sutazai.security.key.Owners.Owner;
import com.sutazai.security.key.Role;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.ParseException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jspecify.annotations.Nullable;

/**
 * Checks tokens of the issuer that is configured. A token that was checked counts for a minute
 * without another look, and never longer than it says; it is checked again in the background after
 * half of it while it is in use. However often a token comes at once, it is looked at once. Its
 * owner is made when it first comes.
 */
@ApplicationScoped
public class Tokens {
  private static final Logger LOG = Logger.getLogger(Tokens.class);
  private static final int MOST = 10_000;
  private static final int AT_ONCE = 8;
  private static final int MOST_WAITING = 1_000;
  private static final long PATIENCE_SECONDS = 3;
  private static final Duration KNOWN_FOR = Duration.ofMinutes(1);
  private static final long ASKED_AGAIN = KNOWN_FOR.dividedBy(2).toNanos();
  private static final Set<String> NOT_FOR_TOKENS = Set.of("local", "system", "*");

  private static final Answer.Unavailable BUSY =
      new Answer.Unavailable(
          ErrorCode.SERVER_BUSY, "Too many tokens wait to be checked; send it again.");

  private final TokenConfig config;
  private final @Nullable IssuerKeys keys;
  private final @Nullable JWTAuthContextInfo expected;
  private final Database database;
  private final Owners owners;
  private final InstantSource clock;
  private final Semaphore room = new Semaphore(AT_ONCE);
  private final Cache<ByteBuffer, Known> known =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(KNOWN_FOR).build();
  private final Map<ByteBuffer, CompletableFuture<Answer>> looks = new ConcurrentHashMap<>();
  private final Cache<String, Owner> knownOwners = Caffeine.newBuilder().maximumSize(MOST).build();

  Tokens(
      TokenConfig config,
      ObjectMapper json,
      Database database,
      Owners owners,
      InstantSource clock) {
    this.config = config;
    this.database = database;
    this.owners = owners;
    this.clock = clock;
    this.keys =
        config
            .issuer()
            .map(issuer -> new IssuerKeys(issuer, config.jwksUrl().orElse(null), json))
            .orElse(null);
    this.expected = keys == null ? null : SignedTokens.expected(config);
  }

  /**
   * A token that was accepted.
   *
   * @param since by {@link System#nanoTime}
   */
  private record Known(Answer.Accepted answer, Instant end, long since) {}

  /** Whether there is an issuer. */
  public boolean configured() {
    return keys != null;
  }

  /** Whether a text may be a token: three parts with dots between them. */
  public static boolean mayBe(String text) {
    int first = text.indexOf('.');
    int second = text.indexOf('.', first + 1);
    return first > 0 && second > first && text.indexOf('.', second + 1) < 0;
  }

  /** The answer, if the token was checked a moment ago; null when it is to be asked for. */
  public @Nullable Answer warm(String token) {
    Known entry = known.getIfPresent(digest(token));
    if (entry == null || !clock.instant().isBefore(entry.end())) {
      return null;
    }
    if (System.nanoTime() - entry.since() > ASKED_AGAIN) {
      var _ = ask(token);
    }
    return entry.answer();
  }

  private static ByteBuffer digest(String token) {
    return ByteBuffer.wrap(Digests.sha256(token));
  }

  /** The answer after a check; completes on any thread. */
  public CompletableFuture<Answer> ask(String token) {
    ByteBuffer digest = digest(token);
    var mine = new CompletableFuture<Answer>();
    CompletableFuture<Answer> others = looks.putIfAbsent(digest, mine);
    if (others != null) {
      return others;
    }
    if (looks.size() > MOST_WAITING) {
      looks.remove(digest);
      mine.complete(BUSY);
    } else {
      Thread.ofVirtual().name("check-token").start(() -> look(token, digest, mine));
    }
    return mine;
  }

  private void look(String token, ByteBuffer digest, CompletableFuture<Answer> waiting) {
    Answer answer = BUSY;
    try {
      answer = check(token, digest);
    } finally {
      looks.remove(digest);
      waiting.complete(answer);
    }
  }

  private Answer check(String token, ByteBuffer digest) {
    try {
      JwtClaims claims = claims(token);
      String name = claims.getStringClaimValue(config.ownerClaim());
      if (name == null || name.isBlank() || name.length() > 255 || NOT_FOR_TOKENS.contains(name)) {
        return new Answer.Refused(
            "The token's claim " + config.ownerClaim() + " names nobody who may be an owner.");
      }
      Owner owner = owner(name);
      var accepted =
          new Answer.Accepted(
              new Caller(owner.id(), owner.name(), null, Role.scopes(named(claims)), Allowed.ANY));
      Instant end = Instant.ofEpochMilli(claims.getExpirationTime().getValueInMillis());
      known.put(digest, new Known(accepted, end, System.nanoTime()));
      return accepted;
    } catch (ParseException | MalformedClaimException e) {
      known.invalidate(digest);
      LOG.debugf("A token is refused: %s", e.getMessage());
      return new Answer.Refused(
          "The token is not valid: wrong issuer, audience or signature, or it has expired.");
    } catch (ProblemException e) {
      return new Answer.Unavailable(e.code(), e.detail());
    } catch (IOException | InterruptedException | RuntimeException e) {
      LOG.warnf("A token cannot be checked: %s", e);
      return new Answer.Unavailable(
          ErrorCode.SERVER_BUSY, "The issuer's keys cannot be read; send it again.");
    }
  }

  private JwtClaims claims(String token) throws ParseException, IOException, InterruptedException {
    IssuerKeys issuer = keys;
    JWTAuthContextInfo expected = this.expected;
    if (issuer == null || expected == null) {
      throw new IllegalStateException("There is no issuer");
    }
    List<JsonWebKey> published = issuer.keys(SignedTokens.keyId(token));
    if (!room.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new ProblemException(BUSY.code(), BUSY.detail());
    }
    try {
      return new SignedTokens(expected, published).claims(token);
    } finally {
      room.release();
    }
  }

  private List<String> named(JwtClaims claims) {
    List<String> names = new ArrayList<>();
    for (String claim : config.scopeClaims()) {
      Object value = claims.getClaimValue(claim);
      if (value instanceof String text) {
        names.addAll(List.of(text.split(" ")));
      } else if (value instanceof Collection<?> list) {
        list.forEach(each -> names.add(String.valueOf(each)));
      }
    }
    return names;
  }

  private Owner owner(String name) {
    Owner owner = knownOwners.getIfPresent(name);
    if (owner == null) {
      owner = owners.require(database, name);
      knownOwners.put(name, owner);
    }
    return owner;
  }
}
