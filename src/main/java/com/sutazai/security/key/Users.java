package com.sutazai.security.key;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import com.sutazai.platform.sql.Database;
import com.sutazai.security.audit.Audit;
import com.sutazai.security.key.UserRepository.Known;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Those who log in with a password, and their sessions. */
@ApplicationScoped
class Users {
  /** How long a session lasts. */
  static final Duration SESSION = Duration.ofHours(12);

  private final Database database;
  private final UserRepository repository;
  private final Owners owners;
  private final Passwords passwords;
  private final LoginDelays delays;
  private final KnownKeys known;
  private final Audit audit;
  private final Ids ids;
  private final InstantSource clock;

  Users(
      Database database,
      UserRepository repository,
      Owners owners,
      Passwords passwords,
      LoginDelays delays,
      KnownKeys known,
      Audit audit,
      Ids ids,
      InstantSource clock) {
    this.database = database;
    this.repository = repository;
    this.owners = owners;
    this.passwords = passwords;
    this.delays = delays;
    this.known = known;
    this.audit = audit;
    this.ids = ids;
    this.clock = clock;
  }

  User make(Caller caller, MakeUser wanted) {
    MakeUser.Checked user = wanted.checked();
    String hash = passwords.hash(user.password());
    return database.transaction(
        sql -> {
          UUID owner =
              wanted.owner() == null ? caller.owner() : owners.require(sql, wanted.owner()).id();
          UUID id = ids.next();
          if (!repository.insert(sql, id, owner, user, hash)) {
            throw new ProblemException(
                ErrorCode.CONFLICT, "There is already a user with the address " + user.email());
          }
          audit.write(sql, "user.make", id);
          return repository.find(sql, id).orElseThrow();
        });
  }

  Page<User> list(@Nullable UUID after, int limit) {
    return Pages.of(repository.list(database, after, limit + 1), limit, User::id);
  }

  /** Sets another password and ends the user's sessions. */
  void setPassword(UUID id, @Nullable String password) {
    String hash = passwords.hash(MakeUser.password(password));
    List<String> ended =
        database.transaction(
            sql -> {
              if (!repository.setPassword(sql, id, hash)) {
                throw ProblemException.notFound("user", id);
              }
              audit.write(sql, "user.set_password", id);
              return repository.endAll(sql, id);
            });
    known.forget(ended);
  }

  void delete(UUID id) {
    List<String> ended =
        database.transaction(
            sql -> {
              List<String> sessions = repository.endAll(sql, id);
              if (!repository.delete(sql, id)) {
                throw ProblemException.notFound("user", id);
              }
              audit.write(sql, "user.delete", id);
              return sessions;
            });
    known.forget(ended);
  }

  /** Begins a session. A wrong password and an unknown address take as long and are told alike. */
  String login(@Nullable String email, @Nullable String password, String address) {
    String name = MakeUser.email(email);
    String given = Check.text("password", password, Passwords.LONGEST);
    delays.begin(name, address);
    Known user;
    try {
      user = matching(name, given);
    } catch (RuntimeException notLookedAt) {
      takeBack(name, address, notLookedAt);
      throw notLookedAt;
    }
    if (user == null) {
      throw wrong();
    }
    delays.succeeded(name, address);
    return begin(user);
  }

  private String begin(Known user) {
    Secret secret = Secret.random(Secret.SESSION);
    Instant now = clock.instant();
    database.transaction(
        sql -> {
          if (!repository.begin(sql, user, secret, now, now.plus(SESSION))) {
            throw wrong();
          }
          audit.write(sql, "user.login", user.id());
          return user;
        });
    return secret.text();
  }

  private static ProblemException wrong() {
    return new ProblemException(ErrorCode.UNAUTHENTICATED, "The address or the password is wrong.");
  }

  /** Where the database is away, the try stays counted. */
  private void takeBack(String name, String address, RuntimeException notLookedAt) {
    try {
      delays.untried(name, address);
    } catch (ProblemException away) {
      notLookedAt.addSuppressed(away);
    }
  }

  private @Nullable Known matching(String name, String password) {
    Known user = repository.known(database, name).orElse(null);
    String stored = user == null ? null : user.passwordHash();
    return passwords.matches(password, stored) ? user : null;
  }

  /** Ends the session, if it is one. */
  void logout(String session) {
    String prefix = Secret.prefix(session);
    if (prefix != null) {
      known.forget(repository.end(database, new Secret(session, prefix)));
    }
  }
}
