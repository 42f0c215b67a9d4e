package com.sutazai.inference;

import com.sutazai.cache.CacheKey;
import com.sutazai.cache.Tags;
import com.sutazai.inference.Models.Resolved;
import com.sutazai.inference.backend.Backend;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What makes requests of one owner the same. */
@Singleton
class AnswerKeys {
  private final Models models;

  AnswerKeys(Models models) {
    this.models = models;
  }

  /**
   * Where an answer is kept.
   *
   * @param key says owner, operation, body, and the very model, so that another one that takes its
   *     name is not answered for
   * @param tags by which it is removed
   */
  record KeptUnder(CacheKey key, Set<String> tags) {}

  /**
   * Both keys of a request.
   *
   * @param underWay what requests at the same time have in common; also how long they wait, in
   *     which queue, and who writes down the cost
   * @param kept empty while no server is known to have the model
   */
  record AnswerKey(SharedGenerations.Key underWay, Optional<KeptUnder> kept) {}

  AnswerKey of(ModelRequest request) {
    UUID owner = request.caller().owner();
    String operation = request.operation().name();
    String body = Canonical.text(request.body());
    Optional<KeptUnder> kept =
        models
            .recall(request.model())
            .map(
                resolved ->
                    new KeptUnder(
                        new CacheKey(
                            owner,
                            Canonical.hash(operation, body, resolved.name(), identity(resolved))),
                        tags(resolved.name(), request.model())));
    String same =
        kept.map(under -> under.key().text())
            .orElseGet(() -> Canonical.hash(operation, body, String.valueOf(request.model())));
    // Who joins a call waits in its queue and has it billed as it is, so these are the same too.
    String way = request.patience() + " " + request.urgency() + " " + request.billing();
    return new AnswerKey(new SharedGenerations.Key(owner, same + ' ' + way), kept);
  }

  /** By the name that it has, and by the one that the caller has for it. */
  private static Set<String> tags(String name, @Nullable String wanted) {
    Set<String> tags = new HashSet<>();
    tags.add(Tags.model(name));
    if (wanted != null) {
      tags.add(Tags.model(wanted));
    }
    return tags;
  }

  /** The digests of the model; a server that tells none is taken to keep its models. */
  private static String identity(Resolved resolved) {
    if (resolved.servers().size() == 1) {
      return identity(resolved.servers().getFirst(), resolved.name());
    }
    return String.join(
        " ",
        resolved.servers().stream()
            .map(server -> identity(server, resolved.name()))
            .distinct()
            .sorted()
            .toList());
  }

  private static String identity(Backend server, String model) {
    var described = server.described().get(model);
    String digest = described == null ? "" : described.path("digest").asText("");
    return digest.isEmpty() ? server.url().toString() : digest;
  }
}
