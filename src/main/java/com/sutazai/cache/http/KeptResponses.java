package com.sutazai.cache.http;

import com.sutazai.cache.Caches;
import com.sutazai.cache.Region;
import com.sutazai.cache.http.StoredResponse.Head;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.json.EntityTag;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** The answers that are kept, and a way to leave one here before anybody asks for it. */
@ApplicationScoped
public class KeptResponses {
  static final String JSON = "application/json;charset=UTF-8";

  /** The caller may keep it, and asks whether it is still true before it is used. */
  static final String ASK_FIRST = "private, no-cache";

  /** What an answer depends on beside its path, as the key has it. */
  static final String VARY = "Accept, Authorization";

  private final Region<StoredResponse> responses;
  private final Region<StoredResponse> tasks;

  KeptResponses(Caches caches) {
    var codec = new StoredResponseCodec();
    responses = caches.responses(codec);
    tasks = caches.tasks(codec);
  }

  /**
   * An answer that is made before it is asked for.
   *
   * @param path that it answers
   * @param endpoint template of the route
   * @param json the body
   * @param tags what it is made of
   */
  public record Prepared(String path, String endpoint, String json, Set<String> tags) {}

  /** To be taken before the data of an answer is read. */
  public Region.Start begin(Kept kept) {
    return region(kept).begin();
  }

  /** Keeps an answer for a caller. */
  public void put(Kept kept, Region.Start start, Caller caller, Prepared answer) {
    byte[] body = answer.json().getBytes(StandardCharsets.UTF_8);
    var head = new Head(answer.endpoint(), JSON, EntityTag.of(body), ASK_FIRST, VARY, List.of());
    region(kept)
        .put(
            ResponseKey.of(caller, answer.path(), null, ""),
            start,
            new StoredResponse(head, body),
            answer.tags());
  }

  Region<StoredResponse> region(Kept kept) {
    return kept == Kept.TASKS ? tasks : responses;
  }
}
