package com.sutazai.cache.redis;

import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Why Redis did not do what it was asked to. The message is fit for people: no credentials. */
final class RedisFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Pattern CREDENTIALS = Pattern.compile("://[^\\s/]*@");

  /** What the client says in a server's words: the connection is no use any more. */
  private static final List<String> NOT_OF_THE_SERVER =
      List.of("ILLEGAL_STATE", "CONNECTION_CLOSED");

  /** Refusals of single commands by a server that goes on answering others. */
  private static final List<String> OF_ONE_COMMAND =
      List.of("OOM ", "MISCONF ", "NOREPLICAS ", "WRONGTYPE ", "no such key");

  /** What it says about the server. */
  enum Kind {
    /** It cannot be used: it is away, too slow, or lets nobody in. */
    AWAY,
    /** It refused this command and will do others. */
    REFUSED,
    /** It was not asked. */
    NOT_ASKED
  }

  private final Kind kind;

  RedisFailure(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  static RedisFailure of(Throwable cause) {
    String message = String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
    boolean answered =
        cause instanceof Response response
            && response.type() == ResponseType.ERROR
            && NOT_OF_THE_SERVER.stream().noneMatch(message::startsWith);
    if (cause.getCause() != null) {
      String root = String.valueOf(root(cause.getCause()).getMessage());
      message += message.contains(root) ? "" : ": " + root;
    }
    if (cause instanceof ClosedChannelException || message.equals("CONNECTION_CLOSED")) {
      message = "the connection was closed";
    }
    boolean refused = answered && OF_ONE_COMMAND.stream().anyMatch(message::contains);
    return new RedisFailure(
        refused ? Kind.REFUSED : Kind.AWAY,
        CREDENTIALS.matcher(message).replaceAll("://").strip(),
        cause);
  }

  private static Throwable root(Throwable failure) {
    return failure.getCause() == null ? failure : root(failure.getCause());
  }

  Kind kind() {
    return kind;
  }

  /** Whether a command on a key found no such key. */
  boolean isNoSuchKey() {
    return kind == Kind.REFUSED && String.valueOf(getMessage()).contains("no such key");
  }
}
