package com.sutazai.security.key;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.sutazai.platform.caller.Allowed;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Digests;
import com.sutazai.platform.sql.SqlValues;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Checks keys. What was looked up counts for five seconds, and is looked up again in the background
 * after half of them while the key is in use, so a request whose key is known costs a digest and no
 * statement, and a revocation is heard of within five seconds whichever process it happened in.
 * While the database is away a key that was checked in the last five minutes goes on.
 */
@ApplicationScoped
public class KnownKeys {
  /** Name of the cookie that holds a session. */
  public static final String SESSION_COOKIE = "sutazai_session";

  private static final long FRESH = Duration.ofSeconds(5).toNanos();
  private static final long ASKED_AGAIN = Duration.ofMillis(2500).toNanos();
  private static final long WITHOUT_DATABASE = Duration.ofMinutes(5).toNanos();

  /** How long one failed look stands for the next ones. */
  private static final long AWAY = Duration.ofSeconds(2).toNanos();

  private static final int MOST_KEYS = 10_000;

  private final KeyLookups lookups;
  private final KeyUses uses;
  private final InstantSource clock;
  private final Cache<String, Entry> keys = Caffeine.newBuilder().maximumSize(MOST_KEYS).build();

  /** Apart, so that guesses push out no key. */
  private final Cache<String, Entry> guesses = Caffeine.newBuilder().maximumSize(MOST_KEYS).build();

  private volatile long failedAt = System.nanoTime() - AWAY;

  /** What a look found that began before says nothing of what was changed then. */
  private volatile long forgotAt = System.nanoTime();

  KnownKeys(KeyLookups lookups, KeyUses uses, InstantSource clock) {
    this.lookups = lookups;
    this.uses = uses;
    this.clock = clock;
  }

  /** What is known of a text that came as a key. */
  public sealed interface Answer {
    /** It is a key. */
    record Accepted(Caller caller) implements Answer {}

    /** It is none, or none any more. */
    record Refused(String detail) implements Answer {}

    /** It cannot be told. */
    record Unavailable(ErrorCode code, String detail) implements Answer {}
  }

  private static final Answer NO_KEY =
      new Answer.Refused("The key is not known; look for the whole of it, from sk-sutazai- on.");

  private static final Answer EXPIRED = new Answer.Refused("The key has expired.");
  private static final Answer REVOKED = new Answer.Refused("The key was revoked.");

  /** The row of a prefix; without a key when there was none. */
  private static final class Entry {
    private final byte[] hash;
    private final @Nullable Caller caller;
    private final @Nullable Instant expiresAt;
    private final boolean revoked;
    private final long asked;
    private final AtomicBoolean askedAgain = new AtomicBoolean();
    private final @Nullable Answer accepted;
    private volatile long usedAt;

    Entry(long asked) {
      this(new byte[0], null, null, false, asked);
    }

    private Entry(
        byte[] hash,
        @Nullable Caller caller,
        @Nullable Instant expiresAt,
        boolean revoked,
        long asked) {
      this.hash = hash;
      this.caller = caller;
      this.expiresAt = expiresAt;
      this.revoked = revoked;
      this.asked = asked;
      accepted = caller == null ? null : new Answer.Accepted(caller);
    }

    static Entry of(Row row, long asked) {
      return new Entry(
          row.getBuffer("hash").getBytes(),
          new Caller(
              row.getUUID("owner_id"),
              row.getString("owner"),
              row.getUUID("id"),
              Role.scopes(List.of(row.getArrayOfStrings("scopes"))),
              new Allowed(
                  Set.of(row.getArrayOfStrings("models")),
                  Set.of(row.getArrayOfStrings("task_types")))),
          SqlValues.instant(row, "expires_at"),
          row.getBoolean("revoked"),
          asked);
    }
  }

  /** Whether the text may be a browser's session, which comes as a cookie and no other way. */
  public static boolean isSession(String text) {
    return text.startsWith(Secret.SESSION);
  }

  /**
   * The answer for a key or a session, if it is known without a look; null when it is to be asked
   * for.
   */
  public @Nullable Answer warm(String text) {
    String prefix = Secret.prefix(text);
    if (prefix == null) {
      return NO_KEY;
    }
    Entry entry = entry(prefix);
    if (entry == null) {
      return null;
    }
    long now = System.nanoTime();
    long age = now - entry.asked;
    if (age > FRESH && (age > WITHOUT_DATABASE || now - failedAt > AWAY)) {
      return null;
    }
    if (age > ASKED_AGAIN && entry.askedAgain.compareAndSet(false, true)) {
      lookups
          .find(prefix)
          .whenComplete(
              (found, failure) -> {
                entry.askedAgain.set(false);
                var _ = note(prefix, found, failure);
              });
    }
    return judge(entry, text);
  }

  private @Nullable Entry entry(String prefix) {
    Entry key = keys.getIfPresent(prefix);
    return key == null ? guesses.getIfPresent(prefix) : key;
  }

  /** The answer after a look; completes on any thread. */
  public CompletableFuture<Answer> ask(String text) {
    String prefix = Secret.prefix(text);
    if (prefix == null) {
      return CompletableFuture.completedFuture(NO_KEY);
    }
    return lookups
        .find(prefix)
        .handle(
            (found, failure) -> {
              Entry fresh = note(prefix, found, failure);
              if (fresh != null) {
                return judge(fresh, text);
              }
              Entry old = isOutage(failure) ? entry(prefix) : null;
              return old != null && System.nanoTime() - old.asked < WITHOUT_DATABASE
                  ? judge(old, text)
                  : KeyLookups.unavailable(failure);
            });
  }

  private @Nullable Entry note(
      String prefix, KeyLookups.@Nullable Found found, @Nullable Throwable failure) {
    if (found == null) {
      if (isOutage(failure)) {
        failedAt = System.nanoTime();
      }
      return null;
    }
    Row row = found.row();
    Entry entry = row == null ? new Entry(found.asked()) : Entry.of(row, found.asked());
    (row == null ? keys : guesses).invalidate(prefix);
    (row == null ? guesses : keys).put(prefix, entry);
    if (entry.asked - forgotAt < 0) {
      keys.invalidate(prefix);
    }
    return entry;
  }

  /** Too many guesses are no reason to go on with what is known. */
  private static boolean isOutage(@Nullable Throwable failure) {
    return !(KeyLookups.cause(failure) instanceof ProblemException problem)
        || problem.code() != ErrorCode.SERVER_BUSY;
  }

  private Answer judge(Entry entry, String text) {
    boolean same = MessageDigest.isEqual(Digests.sha256(text), entry.hash);
    Caller caller = entry.caller;
    Answer accepted = entry.accepted;
    if (!same || caller == null || accepted == null) {
      return NO_KEY;
    }
    if (entry.revoked) {
      return REVOKED;
    }
    Instant now = clock.instant();
    if (entry.expiresAt != null && !now.isBefore(entry.expiresAt)) {
      return EXPIRED;
    }
    long millis = now.toEpochMilli();
    if (millis - entry.usedAt > KeyUses.EXACT_MILLIS) {
      entry.usedAt = millis;
      noteUse(caller, text, now);
    }
    return accepted;
  }

  private void noteUse(Caller caller, String text, Instant now) {
    String prefix = Secret.prefix(text);
    if (caller.keyId() != null) {
      uses.note(caller.keyId(), now);
    } else if (prefix != null) {
      uses.noteSession(prefix, now);
    }
  }

  /** Lets keys and sessions with these prefixes be looked up at their next use. */
  void forget(Collection<String> prefixes) {
    forgotAt = System.nanoTime();
    keys.invalidateAll(prefixes);
  }

  /** Lets the key be looked up at its next use. */
  void forget(UUID key) {
    forgotAt = System.nanoTime();
    keys.asMap()
        .values()
        .removeIf(entry -> entry.caller != null && key.equals(entry.caller.keyId()));
  }
}
