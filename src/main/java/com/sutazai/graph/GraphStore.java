package com.sutazai.graph;

import com.sutazai.graph.AgentGraph.Wanted;
import java.util.Optional;

/** Where graphs can be asked for; each gives the same answers. */
interface GraphStore {
  /** Empty when the caller may see no such agent. */
  Optional<AgentGraph> find(Wanted wanted);
}
