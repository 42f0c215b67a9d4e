package com.sutazai.agents.model;

import com.sutazai.agents.AgentWork;
import java.util.Set;

/** What the agent for models does with tasks of some types. */
interface ModelTask extends AgentWork {
  Set<String> types();

  /** Whether it changes the servers for all owners, so that only an admin may have it done. */
  default boolean forAdmins() {
    return false;
  }
}
