package com.sutazai.engine.model;

import com.sutazai.engine.EngineProcess;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Tells the operator, once each, which files look like models and are none, and why. */
final class LeftOut {
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private final PrintStream operator;

  LeftOut(PrintStream operator) {
    this.operator = operator;
  }

  void tell(Path file, String why) {
    String name = String.valueOf(file.getFileName());
    if (told.add(name)) { // one that is being copied has another reason each time
      operator.println(EngineProcess.NOTICE + "Model file " + name + " is left out: " + why);
    }
  }
}
