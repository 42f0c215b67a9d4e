package com.sutazai.gateway.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.gateway.openai.OpenAiErrors;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.quarkus.arc.DefaultBean;
import jakarta.inject.Singleton;

/** Where nothing answers: every line waits. */
@DefaultBean
@Singleton
class NoCalls implements BatchCalls {
  private final ObjectMapper json;

  NoCalls(ObjectMapper json) {
    this.json = json;
  }

  @Override
  public Reply call(Caller caller, String endpoint, ObjectNode body) {
    var problem = new ProblemException(ErrorCode.MODEL_UNAVAILABLE, "Nothing answers " + endpoint);
    return new Reply(
        OpenAiErrors.status(problem.code()), json.valueToTree(OpenAiErrors.body(problem)));
  }
}
