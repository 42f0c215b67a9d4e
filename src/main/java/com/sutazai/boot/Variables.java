package com.sutazai.boot;

import com.sutazai.platform.error.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds environment variables that look like settings and are none, also in {@code .env} of the
 * working directory. The framework refuses unknown settings of other files, and passes over those:
 * it cannot know whose they are.
 */
final class Variables {
  private static final String PREFIX = "SUTAZAI_";

  /** Those of clients, such as {@code deploy/examples}, which may run in the same shell. */
  private static final Set<String> OF_CLIENTS = Set.of("SUTAZAI_URL", "SUTAZAI_KEY");

  /** What Kubernetes tells every container about a service that is called {@code sutazai…}. */
  private static final Pattern OF_KUBERNETES =
      Pattern.compile("SUTAZAI_(\\w+_)?(SERVICE_(HOST|PORT(_\\w+)?)|PORT(_\\d+_(TCP|UDP)\\w*)?)");

  private static final int LETTERS_OF_ONE_SLIP = 6;

  private final List<String> known;

  /**
   * @param settings names with dots; {@code *} stands for what a user names
   */
  Variables(Collection<String> settings) {
    known = settings.stream().map(Variables::upper).toList();
  }

  /** Those that the build listed. */
  static Variables ofBuild() {
    try (InputStream in = Variables.class.getResourceAsStream("/settings.txt")) {
      if (in == null) {
        throw new IllegalStateException("The build made no settings.txt");
      }
      return new Variables(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names of the variables in that file, read as the framework does; none where there is none. */
  static Set<String> inFile(Path file) {
    if (!Files.isRegularFile(file)) {
      return Set.of();
    }
    var variables = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      variables.load(in);
    } catch (IOException | IllegalArgumentException e) {
      throw new StartException(file + " cannot be read: " + e.getMessage(), e);
    }
    return variables.stringPropertyNames();
  }

  /** Refuses the start if one of them is no setting. */
  void check(Set<String> environment) {
    String unknown =
        environment.stream()
            .filter(name -> upper(name).startsWith(PREFIX))
            .filter(name -> !isKnown(upper(name)))
            .sorted()
            .map(name -> name + " is not a known setting" + hint(upper(name)))
            .collect(Collectors.joining(" "));
    if (!unknown.isEmpty()) {
      throw new StartException(unknown + " All settings: docs/configuration.md.");
    }
  }

  private boolean isKnown(String name) {
    return OF_CLIENTS.contains(name)
        || OF_KUBERNETES.matcher(name).matches()
        || known.stream().anyMatch(each -> slips(each, name) == 0);
  }

  private String hint(String name) {
    return nearest(name)
        .map(each -> "; did you mean " + each.replace("*", "<name>") + "?")
        .orElse(".");
  }

  /** One that ends like it, as if its feature had been left out, or one with few other letters. */
  private Optional<String> nearest(String name) {
    String ending = name.substring(PREFIX.length() - 1);
    return known.stream()
        .filter(each -> ending.length() > 1 && each.endsWith(ending))
        .min(Comparator.comparingInt(String::length))
        .or(
            () ->
                known.stream()
                    .filter(each -> slips(each, name) <= name.length() / LETTERS_OF_ONE_SLIP)
                    .min(Comparator.comparingInt(each -> slips(each, name))));
  }

  private static String upper(String name) {
    return name.replaceAll("[^A-Za-z0-9*]", "_").toUpperCase(Locale.ROOT);
  }

  /**
   * Letters to add, take away or change until the name is the setting's (Levenshtein's distance);
   * {@code *} is any text but none, for nothing.
   */
  private static int slips(String setting, String name) {
    int[] before = new int[name.length() + 1];
    for (int i = 0; i <= name.length(); i++) {
      before[i] = i;
    }
    for (int s = 1; s <= setting.length(); s++) {
      boolean any = setting.charAt(s - 1) == '*';
      int[] now = new int[name.length() + 1];
      now[0] = before[0] + 1;
      for (int n = 1; n <= name.length(); n++) {
        boolean same = any || setting.charAt(s - 1) == name.charAt(n - 1);
        int more = Math.min(before[n] + 1, now[n - 1] + (any ? 0 : 1));
        now[n] = Math.min(more, before[n - 1] + (same ? 0 : 1));
      }
      before = now;
    }
    return before[name.length()];
  }
}
