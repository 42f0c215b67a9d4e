package com.sutazai.agents.hardware;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a file is for, by its name. */
final class FileKinds {
  private static final Pattern LOG = Pattern.compile(".+\\.log([.-][\\w.-]+)?");
  private static final Pattern TEMPORARY = Pattern.compile(".+(\\.tmp|\\.temp|\\.swp|\\.part|~)");
  private static final Set<String> TEMPORARY_FOLDERS = Set.of("tmp", "temp");

  private FileKinds() {}

  static boolean isLog(FoundFile file) {
    return LOG.matcher(lower(file.name())).matches();
  }

  static boolean isCompressed(FoundFile file) {
    return lower(file.name()).matches(".+\\.(gz|xz|zst|bz2)");
  }

  /** By its own name, or by that of a folder below the root. */
  static boolean isTemporary(FoundFile file) {
    if (TEMPORARY.matcher(lower(file.name())).matches()) {
      return true;
    }
    Path folders = file.path().getParent();
    if (folders != null) {
      for (Path folder : folders) {
        if (TEMPORARY_FOLDERS.contains(lower(folder.toString()))) {
          return true;
        }
      }
    }
    return false;
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
