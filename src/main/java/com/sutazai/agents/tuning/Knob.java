package com.sutazai.agents.tuning;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A bound of the program that can be moved while it runs, by what is measured about it. */
interface Knob {
  /** The setting that it has at the start. */
  String setting();

  long value();

  /** Moves it, until the process ends, as far as that goes while it runs. */
  void set(long value);

  /** Begins to measure. */
  Watch watch();

  /** A measurement under way. */
  interface Watch {
    /** What happened since it began. */
    Seen end();
  }

  /**
   * What was measured, and what follows from it.
   *
   * @param told the figures
   * @param better the value that would serve better; the present one when none would
   * @param reason why, in a sentence
   */
  record Seen(ObjectNode told, long better, String reason) {}
}
