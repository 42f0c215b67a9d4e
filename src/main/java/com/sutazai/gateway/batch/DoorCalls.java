package com.sutazai.gateway.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.gateway.openai.OpenAiRequests;
import com.sutazai.inference.Generation;
import com.sutazai.inference.Inference;
import com.sutazai.inference.ModelRequest;
import com.sutazai.inference.ModelRequest.Urgency;
import com.sutazai.inference.backend.Operation;
import com.sutazai.platform.caller.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Arrays;

/** Asks the lines of batches as OpenAI's door would, but as work that nobody waits for. */
@ApplicationScoped
class DoorCalls implements BatchCalls {
  private final OpenAiRequests requests;
  private final Inference inference;

  DoorCalls(OpenAiRequests requests, Inference inference) {
    this.requests = requests;
    this.inference = inference;
  }

  @Override
  public Reply call(Caller caller, String endpoint, ObjectNode body) throws InterruptedException {
    ModelRequest request = requests.of(caller, operation(endpoint), body.deepCopy(), Urgency.BULK);
    if (!request.operation().streams()) {
      return new Reply(200, inference.embed(request));
    }
    try (Generation generation = inference.openWhole(request)) {
      return new Reply(200, inference.collect(generation, request.operation().collector()));
    }
  }

  private static Operation operation(String endpoint) {
    return Arrays.stream(Operation.values())
        .filter(operation -> operation.path().equals(endpoint))
        .findFirst()
        .orElseThrow();
  }
}
