package com.sutazai.security.key;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Those to whom things belong: a name each, made when somebody first needs it. */
@Singleton
public class Owners {
  private static final int LONGEST_NAME = 255;

  private static final Statement FIND =
      Statement.of("owners.find", "SELECT id, name FROM owners WHERE name = $1");

  private static final Statement FIND_ID =
      Statement.of("owners.find_id", "SELECT id, name FROM owners WHERE id = $1");

  private static final Statement MAKE =
      Statement.of(
          "owners.make",
          "INSERT INTO owners (id, name) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING");

  private final Ids ids;

  Owners(Ids ids) {
    this.ids = ids;
  }

  /** One of them. */
  public record Owner(UUID id, String name) {}

  static String checkName(@Nullable String name) {
    String named = Check.text("owner", name, LONGEST_NAME);
    if (named.equals("system")) {
      throw ProblemException.invalid(
          "owner", "must be another than system, whose things are the program's");
    }
    if (named.equals("*") || !named.equals(named.strip())) {
      throw ProblemException.invalid(
          "owner", "must not be * and must not begin or end with spaces");
    }
    return named;
  }

  /** The one of that name or id. */
  public Optional<Owner> find(Sql sql, String nameOrId) {
    Optional<Owner> named = one(sql, FIND, nameOrId);
    UUID id = named.isPresent() ? null : Ids.read(nameOrId);
    return id == null ? named : one(sql, FIND_ID, id);
  }

  private static Optional<Owner> one(Sql sql, Statement statement, Object argument) {
    return sql.query(statement, argument).stream()
        .findFirst()
        .map(row -> new Owner(row.getUUID("id"), row.getString("name")));
  }

  /** The one of that name, which is made if there is none. */
  public Owner require(Sql sql, String name) {
    if (name.equals(Caller.LOCAL.ownerName())) {
      return new Owner(Caller.LOCAL_OWNER, name);
    }
    Optional<Owner> known = one(sql, FIND, name);
    if (known.isEmpty()) {
      sql.update(MAKE, ids.next(), name);
    }
    return known.or(() -> one(sql, FIND, name)).orElseThrow();
  }
}
