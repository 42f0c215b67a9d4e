package com.sutazai.inference.embedded;

import io.quarkus.runtime.LaunchMode;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** How this very program is started once more, whichever way it was started. */
final class OwnProgram {
  private static final String MAIN = "com.sutazai.boot.Main";
  private static final String MANIFEST = "META-INF/MANIFEST.MF";

  private OwnProgram() {}

  /** The command, without arguments for the program; a native executable takes no JVM options. */
  static List<String> command(List<String> jvmOptions) throws IOException {
    if (System.getProperty("org.graalvm.nativeimage.imagecode") != null) {
      return List.of(Files.readSymbolicLink(Path.of("/proc/self/exe")).toString());
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    String classPath = System.getProperty("java.class.path");
    if (LaunchMode.current() == LaunchMode.NORMAL && classPath.endsWith(".jar")) {
      command.addAll(List.of("-jar", classPath));
    } else {
      String whole = LaunchMode.current() == LaunchMode.DEVELOPMENT ? ofClassLoader() : classPath;
      command.addAll(List.of("-cp", whole, MAIN));
    }
    return command;
  }

  /**
   * While developing, the class path is known to the class loader alone: each part has a manifest.
   */
  private static String ofClassLoader() throws IOException {
    Set<String> parts = new LinkedHashSet<>();
    parts.add(Path.of("target", "classes").toAbsolutePath().toString());
    for (URL each : Collections.list(OwnProgram.class.getClassLoader().getResources(MANIFEST))) {
      String file =
          each.getPath().replaceFirst("^file:", "").replaceFirst("!?/" + MANIFEST + "$", "");
      if (file.endsWith(".jar")) {
        parts.add(file);
      }
    }
    return String.join(File.pathSeparator, parts);
  }
}
