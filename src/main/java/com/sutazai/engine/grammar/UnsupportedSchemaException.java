package com.sutazai.engine.grammar;

/** A JSON schema asks for what no grammar made here can hold an answer to. */
public final class UnsupportedSchemaException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String problem;

  /**
   * Tells where and why.
   *
   * @param path of the part of the schema, from {@code format} on
   * @param why the rule, and where there is one the way around it
   */
  UnsupportedSchemaException(String path, String why) {
    super(path + " " + why, null, false, false);
    problem = path + " " + why;
  }

  /** A sentence for whoever sent the schema. */
  public String problem() {
    return problem;
  }
}
