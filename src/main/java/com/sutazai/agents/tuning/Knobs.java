package com.sutazai.agents.tuning;

import java.util.List;

/** Knobs of one part of the program. */
interface Knobs {
  /** Those there are now, for one tuning: what is left for all of them is shared out anew. */
  List<Knob> all();
}
