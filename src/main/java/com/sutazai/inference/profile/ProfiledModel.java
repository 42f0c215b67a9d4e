package com.sutazai.inference.profile;

import com.sutazai.inference.backend.ModelFailure;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/** A model that can be measured. */
public interface ProfiledModel {
  /** Its name at the server, the same however callers name it. */
  String name();

  /** Which very model it is, and at which server. */
  String identity();

  /**
   * Asks it as a caller would, past every cache, and waits for the end of the answer. May be called
   * by many threads at once, and interrupted.
   *
   * @param tokens most tokens of the answer
   */
  Probe ask(String prompt, int tokens) throws ModelFailure, InterruptedException;

  /**
   * One answer, measured.
   *
   * @param loadMs what the server says that loading the model took; null where it does not say
   * @param firstTokenMs from the request to the first token; null when none came
   * @param totalMs from the request to the end
   * @param tokens of the answer, as the server counted; null where it does not
   */
  @RegisterForReflection
  record Probe(
      @Nullable Double loadMs,
      @Nullable Double firstTokenMs,
      double totalMs,
      @Nullable Long tokens) {}
}
