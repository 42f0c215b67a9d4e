package com.sutazai.resources;

import com.sutazai.platform.caller.Caller;
import java.util.UUID;

/**
 * Whose a lease is.
 *
 * @param owner who sees it and may end it
 * @param name what the owner calls the holder
 * @param share by which the limit of one holder counts: an admin's holders count one by one, those
 *     of any other owner together, so that more names get nobody more
 */
public record Holder(UUID owner, String name, String share) {
  /** A holder of the caller's. */
  public static Holder of(Caller caller, String name) {
    String owner = caller.owner().toString();
    return new Holder(caller.owner(), name, caller.admin() ? owner + "/" + name : owner);
  }

  /** The running tasks of a built-in agent. */
  static Holder agent(String name) {
    return new Holder(Caller.SYSTEM_OWNER, name, "agent/" + name);
  }
}
