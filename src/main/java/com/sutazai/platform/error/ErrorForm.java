package com.sutazai.platform.error;

/** How errors are told at a door whose clients know another form than the problem document. */
public interface ErrorForm {
  /** Whether the path is of this door. */
  boolean covers(String path);

  /**
   * The status that clients of foreign doors expect: the catalogue's, but to them a model that is
   * not there is a thing that was not found.
   */
  default int status(Problem problem) {
    return problem.code().equals(ErrorCode.MODEL_NOT_FOUND.code()) ? 404 : problem.status();
  }

  /** The JSON body of an error that is answered with {@link #status}. */
  Object body(Problem problem);
}
