package com.sutazai.security;

import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.caller.WaitingRequest;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.loop.Loop;
import com.sutazai.security.key.KnownKeys.Answer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Ends requests that wait or stream when what they came with is revoked or expires. Each look asks
 * for the credentials as a new request would, so it takes as long: in the process that revoked them
 * until the next look, in others up to five seconds. While the database is away nothing is ended.
 */
@ApplicationScoped
class EndedCredentials {
  private static final Duration LOOK = Duration.ofMillis(500);

  /** Looks after which one that does not end by itself is cut off. */
  private static final int PATIENCE = 4;

  private final Connections connections;
  private final Credentials credentials;
  private Map<WaitingRequest, Integer> ending = Map.of();
  private @Nullable Loop looking;

  EndedCredentials(Connections connections, Credentials credentials) {
    this.connections = connections;
    this.credentials = credentials;
  }

  void start(@Observes StartupEvent event) {
    looking =
        Loop.start(
            "ended-credentials",
            () -> {
              Thread.sleep(LOOK);
              look();
            });
  }

  void stop(@Observes @Priority(900) ShutdownEvent event) {
    if (looking != null) {
      looking.stop();
    }
  }

  private void look() {
    List<WaitingRequest> waiting = connections.waiting();
    waiting.stream()
        .filter(request -> request.credential() != null && !request.ended())
        .collect(Collectors.groupingBy(request -> String.valueOf(request.credential())))
        .forEach(this::check);
    Set<WaitingRequest> still = new HashSet<>(waiting);
    still.removeIf(request -> !request.ended());
    ending =
        still.stream()
            .collect(
                Collectors.toMap(
                    request -> request, request -> ending.getOrDefault(request, 0) + 1));
    ending.forEach(
        (request, looks) -> {
          if (looks > PATIENCE) {
            request.cut();
          }
        });
  }

  private void check(String credential, List<WaitingRequest> requests) {
    Answer known = credentials.warm(credential);
    if (known == null) {
      credentials.ask(credential).thenAccept(answer -> end(answer, requests));
    } else {
      end(known, requests);
    }
  }

  private static void end(Answer answer, List<WaitingRequest> requests) {
    if (answer instanceof Answer.Refused refused) {
      var reason = new ProblemException(ErrorCode.UNAUTHENTICATED, refused.detail());
      requests.forEach(request -> request.end(reason));
    }
  }
}
