package com.sutazai.boot;

import com.sutazai.boot.train.Training;
import com.sutazai.engine.EngineProcess;
import com.sutazai.engine.server.EngineMain;
import com.sutazai.platform.error.StartException;
import com.sutazai.security.limit.Doorway;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.smallrye.config.ConfigValidationException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Starts the program; a start that cannot be is told in a sentence, not in a stack trace. */
@QuarkusMain
public final class Main {
  private static final String CANNOT = "SutazAI cannot start: ";

  Main() {}

  public static void main(String... arguments) {
    if (arguments.length > 0 && arguments[0].equals(EngineProcess.COMMAND)) {
      System.exit(EngineMain.run(List.of(arguments).subList(1, arguments.length)));
    }
    if (arguments.length > 0 && arguments[0].equals(Training.COMMAND)) {
      System.exit(Training.run(List.of(arguments).subList(1, arguments.length)));
    }
    if (arguments.length > 0 && Command.HELP.contains(arguments[0])) {
      System.out.println(Command.USAGE);
      System.exit(0);
    }
    try {
      Command.take(arguments);
    } catch (StartException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
    try {
      var variables = Variables.ofBuild();
      variables.check(System.getenv().keySet());
      variables.check(Variables.inFile(Path.of(".env")));
    } catch (StartException e) {
      System.err.println(CANNOT + e.getMessage());
      System.exit(1);
    }
    Doorway.open();
    Quarkus.run(null, Main::end, arguments);
  }

  private static void end(Integer status, @Nullable Throwable failure) {
    if (cause(failure, Command.Done.class) != null) {
      System.exit(0);
    }
    if (failure != null) {
      System.err.println();
      StartException known = cause(failure, StartException.class);
      ConfigValidationException setting = cause(failure, ConfigValidationException.class);
      if (known != null) {
        System.err.println(CANNOT + known.getMessage());
      } else if (setting != null) {
        System.err.println(CANNOT + problems(setting) + " All settings: docs/configuration.md.");
      } else if (cause(failure, BindException.class) != null) {
        System.err.println(
            CANNOT
                + "its port is taken (sutazai.port, 10010 by default). Stop what listens there, or"
                + " choose another with SUTAZAI_PORT.");
      } else {
        failure.printStackTrace();
      }
    }
    if (LaunchMode.current() != LaunchMode.DEVELOPMENT) {
      System.exit(status); // live reload stops and starts the program within one process
    }
  }

  /** The framework's sentences without its codes and class names. */
  private static String problems(ConfigValidationException failure) {
    return IntStream.range(0, failure.getProblemCount())
        .mapToObj(i -> failure.getProblem(i).getMessage())
        .map(
            text ->
                text.replaceAll("(?:[a-z]+\\.)+[A-Z]\\w*Exception: ", "")
                    .replaceAll("SRCFG\\d+: ?", "")
                    .replaceAll(" in \\w+ does not map to any root", " is not a known setting")
                    .replace(" threw an Exception whilst being converted", " cannot be read:"))
        .distinct()
        .map(text -> text.endsWith(".") ? text : text + ".")
        .collect(Collectors.joining(" "));
  }

  private static <T extends Throwable> @Nullable T cause(
      @Nullable Throwable failure, Class<T> type) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return type.cast(each);
      }
    }
    return null;
  }
}
