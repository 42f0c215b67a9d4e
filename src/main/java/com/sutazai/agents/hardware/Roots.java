package com.sutazai.agents.hardware;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Folders that are set as allowed; the system's own are refused even then. */
final class Roots {
  private static final List<Path> PROTECTED =
      List.of(
          Path.of("/etc"),
          Path.of("/boot"),
          Path.of("/usr"),
          Path.of("/bin"),
          Path.of("/sbin"),
          Path.of("/lib"),
          Path.of("/lib32"),
          Path.of("/lib64"),
          Path.of("/proc"),
          Path.of("/sys"),
          Path.of("/dev"),
          Path.of("/run"));

  /** Of people's home folders. */
  private static final Set<String> PERSONAL = Set.of("Documents", "Desktop", "Pictures");

  private final String key;
  private final List<String> configured;

  Roots(String key, Optional<List<String>> configured) {
    this.key = key;
    this.configured = configured.map(List::copyOf).orElse(List.of());
  }

  /**
   * The real folder of {@code payload.root}, without a symbolic link in it; the only folder that is
   * set where none is named.
   */
  Path require(@Nullable String asked) {
    if (configured.isEmpty()) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE, "No folder is allowed: set " + key + " to some, with commas.");
    }
    if (asked == null && configured.size() > 1) {
      throw ProblemException.invalid("payload.root", "is required: one of " + configured);
    }
    Path folder =
        real(asked == null ? configured.getFirst() : asked)
            .orElseThrow(
                () ->
                    ProblemException.invalid(
                        "payload.root",
                        "must be the absolute path of a folder that is there, in one of "
                            + configured));
    if (configured.stream().flatMap(root -> real(root).stream()).noneMatch(folder::startsWith)) {
      throw ProblemException.invalid(
          "payload.root", "must be one of " + configured + " or inside of one (" + key + ")");
    }
    if (isProtected(folder)) {
      throw ProblemException.invalid(
          "payload.root", "is or holds a folder of the system's or a person's own, never touched");
    }
    return folder;
  }

  /** Without a symbolic link in it; empty where there is no such folder. */
  private static Optional<Path> real(String folder) {
    try {
      Path path = Path.of(folder);
      return path.isAbsolute() ? Optional.of(path.toRealPath()) : Optional.empty();
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** Whether it is the system's, a person's, or above one of these. */
  static boolean isProtected(Path real) {
    return PROTECTED.stream().anyMatch(each -> real.startsWith(each) || each.startsWith(real))
        || isPersonal(real);
  }

  private static boolean isPersonal(Path real) {
    boolean ofRoot = real.startsWith("/root");
    int place = ofRoot ? 1 : 2;
    return (ofRoot || real.startsWith("/home"))
        && real.getNameCount() > place
        && PERSONAL.contains(real.getName(place).toString());
  }
}
