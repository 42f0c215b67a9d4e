package com.sutazai.security.key;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Database;
import com.sutazai.security.quota.Limits;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What whoever can start the program on this machine may do without credentials. */
@ApplicationScoped
public class Commands {
  private final Keys keys;
  private final Users users;
  private final AccessMode mode;
  private final KeyRepository repository;
  private final Database database;

  Commands(Keys keys, Users users, AccessMode mode, KeyRepository repository, Database database) {
    this.keys = keys;
    this.users = users;
    this.mode = mode;
    this.repository = repository;
    this.database = database;
  }

  /** The secret of a new key. */
  public String makeKey(String name, @Nullable String owner, List<String> scopes) {
    if (repository.any(database)) {
      mode.close();
    }
    ApiKey made =
        keys.make(
            Caller.LOCAL, new MakeKey(name, owner, scopes, null, null, null, null), Limits.NONE);
    return String.valueOf(made.key());
  }

  /** The id of a new user. */
  public String makeUser(
      @Nullable String email,
      String password,
      @Nullable String owner,
      @Nullable List<String> roles) {
    return users
        .make(Caller.LOCAL, new MakeUser(email, null, password, owner, roles))
        .id()
        .toString();
  }
}
