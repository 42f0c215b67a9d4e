package com.sutazai.inference.embedded;

/** How the engine inside is, for people. */
public sealed interface EngineState {
  /** It is not to run here: other servers are set, or it is switched off. */
  record Off() implements EngineState {}

  /** It is being started, or waits for its turn to be started again. */
  record Starting() implements EngineState {}

  /** A server that was not set answers where Ollama listens by default. */
  record NotNeeded() implements EngineState {}

  /**
   * It runs.
   *
   * @param library what it runs on
   */
  record Runs(String library) implements EngineState {}

  /**
   * It cannot run here.
   *
   * @param why with what to do
   */
  record Absent(String why) implements EngineState {}
}
