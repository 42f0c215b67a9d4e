package com.sutazai.cache;

import java.util.UUID;

/** What entries are made of. The triggers of the database say the same words when a row changes. */
public final class Tags {
  /** Some agent was added, changed or removed. */
  public static final String AGENTS = "agents";

  /** Every single agent. */
  public static final String EACH_AGENT = "agent:*";

  /** Every ended task. */
  public static final String EACH_TASK = "task:*";

  private Tags() {}

  /** One agent. */
  public static String agent(UUID id) {
    return "agent:" + id;
  }

  /** One task that has ended. */
  public static String task(UUID id) {
    return "task:" + id;
  }

  /** What a model answered. */
  public static String model(String name) {
    return "model:" + name;
  }
}
