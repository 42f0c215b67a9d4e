package com.sutazai.queue.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import java.util.Locale;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** Why the broker cannot be used, in words for people. */
final class Failures {
  private static final int PRECONDITION_FAILED = 406;

  private Failures() {}

  static String reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ShutdownSignalException end
          && told(end.getReason()) instanceof String said) {
        return said;
      }
      if (cause instanceof SSLHandshakeException) {
        return "its certificate is not accepted: "
            + words(root(cause))
            + ". It must be for the host of the address, and of an authority that"
            + " sutazai.queue.broker.trust-certificate names, or that this machine trusts";
      }
    }
    return words(root(failure));
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String words(Throwable root) {
    return root.getMessage() == null
        ? root.getClass().getSimpleName()
        : String.format(Locale.ROOT, "%s: %s", root.getClass().getSimpleName(), root.getMessage());
  }

  private static @Nullable String told(@Nullable Method reason) {
    return switch (reason) {
      case AMQP.Connection.Close close -> close.getReplyText();
      case AMQP.Channel.Close close ->
          close.getReplyCode() == PRECONDITION_FAILED
              ? close.getReplyText()
                  + ". Delete that queue, or give sutazai.queue.broker the values it was made with"
              : close.getReplyText();
      case null, default -> null;
    };
  }
}
