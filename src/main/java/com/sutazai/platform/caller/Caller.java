package com.sutazai.platform.caller;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking.
 *
 * @param owner row of {@code owners} whose things the caller sees
 * @param keyId row of {@code api_keys} that it came with; null with other credentials, and without
 * @param scopes what it may do, with all that those include
 * @param allowed which models and types of tasks
 */
public record Caller(
    UUID owner, String ownerName, @Nullable UUID keyId, Set<Scope> scopes, Allowed allowed) {
  /** Owner of everything that is made without credentials. */
  public static final UUID LOCAL_OWNER = UUID.fromString("00000000-0000-7000-8000-000000000001");

  /** Owner of built-in agents and models: readable by all, written by admins. */
  public static final UUID SYSTEM_OWNER = UUID.fromString("00000000-0000-7000-8000-000000000002");

  public static final Caller LOCAL = new Caller(LOCAL_OWNER, "local", true);

  public Caller {
    scopes = Scope.including(scopes);
  }

  /** Somebody who may do everything, or all that an owner may do with its own things. */
  public Caller(UUID owner, String ownerName, boolean admin) {
    this(owner, ownerName, null, admin ? Scope.all() : Scope.ofOwner(), Allowed.ANY);
  }

  private static final Caller LOCAL_OWNER_ONLY = new Caller(LOCAL_OWNER, "local", false);

  /** Somebody who acts for an owner whose name does not matter. */
  public static Caller of(UUID owner) {
    return of(owner, false);
  }

  /** The same, as an administrator where one asked for what is done. */
  public static Caller of(UUID owner, boolean admin) {
    if (owner.equals(LOCAL_OWNER)) {
      return admin ? LOCAL : LOCAL_OWNER_ONLY;
    }
    return new Caller(owner, owner.toString(), admin);
  }

  /** The same, whose work counts for that key, if for any. */
  public Caller with(@Nullable UUID key) {
    return key == null ? this : new Caller(owner, ownerName, key, scopes, allowed);
  }

  /** The same, who may ask and submit no more than that. */
  public Caller allowing(Allowed only) {
    return new Caller(owner, ownerName, keyId, scopes, only);
  }

  /** Whether the caller may do everything. */
  public boolean admin() {
    return scopes.contains(Scope.ADMIN);
  }

  public boolean may(Scope scope) {
    return scopes.contains(scope);
  }

  /** Refuses a caller without the scope. */
  public void require(Scope scope) {
    if (!may(scope)) {
      throw new ProblemException(ErrorCode.FORBIDDEN, lacks(scope));
    }
  }

  /** What a caller without the scope is told. */
  public String lacks(Scope scope) {
    return "This needs the scope " + scope.text() + ", which these credentials do not have.";
  }

  /** The same caller for another owner's things. */
  public Caller actingFor(UUID other, String otherName) {
    return new Caller(other, otherName, keyId, scopes, allowed);
  }
}
