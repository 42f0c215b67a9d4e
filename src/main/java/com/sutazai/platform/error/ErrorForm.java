package com.sutazai.platform.error;

/** How errors are told at a door whose clients know another form than the problem document. */
public interface ErrorForm {
  /** Whether the path is of this door. */
  boolean covers(String path);

  /** The status that the door's clients expect, which is mostly the catalogue's. */
  default int status(Problem problem) {
    return problem.status();
  }

  /** The JSON body of an error that is answered with {@link #status}. */
  Object body(Problem problem);
}
