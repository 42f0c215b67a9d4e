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
    String notice = "Model file " + file.getFileName() + " is left out: " + why;
    if (told.add(notice)) {
      operator.println(EngineProcess.NOTICE + notice);
    }
  }
}
