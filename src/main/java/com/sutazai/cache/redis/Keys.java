package com.sutazai.cache.redis;

/**
 * The names of everything that the tier keeps in Redis, all below {@code sutazai:<namespace>:}.
 * Entries and tags are of a generation as well: what is of an older one is never looked at again.
 *
 * @param namespace of one installation
 */
record Keys(String namespace) {
  Keys {
    if (!namespace.matches("[A-Za-z0-9._-]{1,100}")) {
      throw new IllegalArgumentException(
          "a namespace is 1 to 100 letters, digits, dots, dashes and underscores: " + namespace);
    }
  }

  String generation() {
    return "sutazai:" + namespace + ":generation";
  }

  String channel() {
    return "sutazai:" + namespace + ":messages";
  }

  String lease(String name) {
    return "sutazai:" + namespace + ":lease:" + name;
  }

  String entry(String generation, String name) {
    return "sutazai:" + namespace + ":" + generation + ":entry:" + name;
  }

  /** The names of the entries with the tag, by when each has expired. */
  String tag(String generation, String tag) {
    return "sutazai:" + namespace + ":" + generation + ":tag:{" + braceless(tag) + "}";
  }

  /** What a removal took out of the tag's names and has not removed yet: in the same slot. */
  String removing(String generation, String tag) {
    return "sutazai:" + namespace + ":" + generation + ":removing:{" + braceless(tag) + "}";
  }

  /** Braces would end what a Cluster chooses the slot by. */
  private static String braceless(String tag) {
    return tag.replace("%", "%25").replace("{", "%7B").replace("}", "%7D");
  }
}
