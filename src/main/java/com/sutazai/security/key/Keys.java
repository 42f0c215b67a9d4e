package com.sutazai.security.key;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.security.audit.Audit;
import com.sutazai.security.quota.Limits;
import com.sutazai.security.quota.Quotas;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes, shows and ends keys. */
@ApplicationScoped
class Keys {
  private static final Duration LONGEST_GRACE = Duration.ofDays(30);

  private final Database database;
  private final KeyRepository repository;
  private final Owners owners;
  private final KnownKeys known;
  private final Audit audit;
  private final Quotas quotas;
  private final AccessMode mode;
  private final Ids ids;
  private final InstantSource clock;

  Keys(
      Database database,
      KeyRepository repository,
      Owners owners,
      KnownKeys known,
      Audit audit,
      Quotas quotas,
      AccessMode mode,
      Ids ids,
      InstantSource clock) {
    this.database = database;
    this.repository = repository;
    this.owners = owners;
    this.known = known;
    this.audit = audit;
    this.quotas = quotas;
    this.mode = mode;
    this.ids = ids;
    this.clock = clock;
  }

  /** The new key, with its secret: this once. */
  ApiKey make(Caller caller, MakeKey wanted, Limits limits) {
    Instant now = clock.instant();
    MakeKey.Checked key = wanted.checked(now);
    if (!mode.closed() && (!key.admin() || key.expiresAt() != null)) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE,
          "The first key must have the scope admin and no end: from then on nobody comes in without one.");
    }
    Secret secret = Secret.random(Secret.KEY);
    ApiKey made =
        database.transaction(
            sql -> {
              UUID owner =
                  wanted.owner() == null
                      ? caller.owner()
                      : owners.require(sql, wanted.owner()).id();
              UUID id = ids.next();
              repository.insert(sql, id, owner, key, now);
              repository.insert(sql, id, secret, now);
              repository.limit(sql, id, limits);
              audit.write(sql, "key.make", id);
              return find(sql, owner, id, now);
            });
    mode.close();
    return made.with(secret);
  }

  Page<ApiKey> list(Caller caller, @Nullable UUID after, int limit) {
    List<ApiKey> rows =
        repository.list(database, caller.owner(), after, limit + 1, clock.instant());
    return Pages.of(rows, limit, ApiKey::id);
  }

  /** The key with what is left of its limits. */
  ApiKey find(Caller caller, UUID id) {
    ApiKey key = find(database, caller.owner(), id, clock.instant());
    return key.with(quotas.left(id, caller.owner()));
  }

  private ApiKey find(Sql sql, UUID owner, UUID id, Instant now) {
    return repository
        .find(sql, owner, id, now)
        .orElseThrow(() -> ProblemException.notFound("key", id));
  }

  /**
   * Another secret for the key.
   *
   * @param graceSeconds how long the old one goes on; none when null
   */
  ApiKey rotate(Caller caller, UUID id, @Nullable Integer graceSeconds) {
    int grace = graceSeconds == null ? 0 : graceSeconds;
    if (grace < 0 || grace > LONGEST_GRACE.toSeconds()) {
      throw ProblemException.invalid(
          "grace_seconds", "must be between 0 and " + LONGEST_GRACE.toSeconds() + ", is " + grace);
    }
    Secret secret = Secret.random(Secret.KEY);
    return changed(
            caller,
            id,
            (sql, key) -> {
              if (key.revokedAt() != null) {
                throw new ProblemException(
                    ErrorCode.WRONG_STATE, "The key was revoked; make another one.");
              }
              Instant now = clock.instant();
              repository.endSecrets(sql, id, now.plusSeconds(grace), now);
              repository.insert(sql, id, secret, now);
              audit.write(sql, "key.rotate", id);
            })
        .with(secret);
  }

  /** Ends the key: here at once, in other processes within five seconds. */
  ApiKey revoke(Caller caller, UUID id) {
    return changed(
        caller,
        id,
        (sql, key) -> {
          repository.revoke(sql, caller.owner(), id, clock.instant());
          audit.write(sql, "key.revoke", id);
        });
  }

  /** Changes the key's limits: here at once, in other processes within five seconds of its use. */
  ApiKey limit(Caller caller, UUID id, LimitKey change) {
    ApiKey after =
        changed(
            caller,
            id,
            (sql, key) -> {
              repository.limit(sql, id, change.applied(key.limits()));
              audit.write(sql, "key.limit", id);
            });
    quotas.limited(id, after.limits());
    return after.with(quotas.left(id, caller.owner()));
  }

  private interface Change {
    void apply(Sql sql, ApiKey key);
  }

  private ApiKey changed(Caller caller, UUID id, Change change) {
    ApiKey after =
        database.transaction(
            sql -> {
              repository.lock(sql, caller.owner(), id);
              change.apply(sql, find(sql, caller.owner(), id, clock.instant()));
              return find(sql, caller.owner(), id, clock.instant());
            });
    known.forget(id);
    return after;
  }
}
