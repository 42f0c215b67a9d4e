package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.gateway.Door;
import com.sutazai.gateway.GatewayConfig;
import com.sutazai.inference.ModelRequest;
import com.sutazai.inference.ModelRequest.Billing;
import com.sutazai.inference.ModelRequest.Reuse;
import com.sutazai.inference.ModelRequest.Urgency;
import com.sutazai.inference.SamplingOptions;
import com.sutazai.inference.backend.Operation;
import com.sutazai.inference.backend.Refusal;
import com.sutazai.platform.caller.Caller;
import jakarta.inject.Singleton;
import java.util.List;

/** Makes requests of what OpenAI's clients send. Fields that are not known here are passed on. */
@Singleton
public class OpenAiRequests {
  private final GatewayConfig config;

  OpenAiRequests(GatewayConfig config) {
    this.config = config;
  }

  ModelRequest of(Caller caller, Operation operation, ObjectNode body) {
    return of(caller, operation, body, Urgency.INTERACTIVE);
  }

  /** The request in the body, which loses the fields that are ours to set. */
  public ModelRequest of(Caller caller, Operation operation, ObjectNode body, Urgency urgency) {
    refuseLinks(body);
    String model = Door.required(body, "model");
    OpenAiFields.check(operation, body);
    Reuse reuse =
        Reuse.of(
            !operation.streams() || SamplingOptions.deterministic(body),
            Door.choice(body, "cache"));
    body.remove(List.of("model", "stream", "stream_options", "cache"));
    unwrapOnly(body, "prompt");
    return new ModelRequest(
        caller, operation, body, model, urgency, reuse, Billing.AT_ITS_END, null);
  }

  /** Ends the request with 400 where it names an image or the like by an address to fetch. */
  void refuseLinks(ObjectNode body) {
    if (!config.allowImageUrls()) {
      Refusal.requireNone(MediaLinks.in(body));
    }
  }

  /** A list of one text is that text: some clients always send a list, some servers take none. */
  private static void unwrapOnly(ObjectNode body, String field) {
    JsonNode given = body.path(field);
    if (given.isArray() && given.size() == 1 && given.path(0).isTextual()) {
      body.set(field, given.path(0));
    }
  }
}
