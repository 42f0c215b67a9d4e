package com.sutazai.platform.caller;

import java.util.UUID;

/**
 * Who is asking.
 *
 * @param owner row of {@code owners} whose things the caller sees
 * @param admin whether the caller may do everything
 */
public record Caller(UUID owner, String ownerName, boolean admin) {
  /** Owner of everything that is made without credentials. */
  public static final UUID LOCAL_OWNER = UUID.fromString("00000000-0000-7000-8000-000000000001");

  /** Owner of built-in agents and models: readable by all, written by admins. */
  public static final UUID SYSTEM_OWNER = UUID.fromString("00000000-0000-7000-8000-000000000002");

  /** Somebody who acts for an owner whose name does not matter. */
  public static Caller of(UUID owner) {
    return owner.equals(LOCAL_OWNER) ? LOCAL : new Caller(owner, owner.toString(), false);
  }

  public static final Caller LOCAL = new Caller(LOCAL_OWNER, "local", true);
}
