package com.sutazai.graph;

import java.util.Optional;

/** The copy of the graph in another server, if there is one. */
public interface GraphCopy {
  /** Where the server is, for people; empty when none is set. */
  Optional<String> address();

  /**
   * Whether graphs are asked of the server: it answers, and the copy lacks little. Else they are
   * asked of the database.
   */
  boolean isAsked();
}
