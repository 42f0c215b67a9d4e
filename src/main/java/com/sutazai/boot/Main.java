package com.sutazai.boot;

import com.sutazai.platform.error.StartException;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.smallrye.config.ConfigValidationException;
import java.net.BindException;
import org.jspecify.annotations.Nullable;

/** Starts the program; a start that cannot be is told in a sentence, not in a stack trace. */
@QuarkusMain
public final class Main {
  private static final String CANNOT = "SutazAI cannot start: ";

  private Main() {}

  public static void main(String... arguments) {
    Quarkus.run(null, Main::end, arguments);
  }

  private static void end(Integer status, @Nullable Throwable failure) {
    if (failure != null) {
      System.err.println();
      StartException known = cause(failure, StartException.class);
      ConfigValidationException setting = cause(failure, ConfigValidationException.class);
      if (known != null) {
        System.err.println(CANNOT + known.getMessage());
      } else if (setting != null) {
        System.err.println(CANNOT + setting.getMessage());
      } else if (cause(failure, BindException.class) != null) {
        System.err.println(
            CANNOT
                + "its port is taken. Stop what listens there, or choose another with SUTAZAI_PORT.");
      } else {
        failure.printStackTrace();
      }
    }
    System.exit(status);
  }

  private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> type) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return type.cast(each);
      }
    }
    return null;
  }
}
