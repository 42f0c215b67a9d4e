package com.sutazai.gateway.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.platform.caller.Caller;

/** Answers the requests in a batch's lines, as the endpoint itself would answer its caller. */
public interface BatchCalls {
  /**
   * An answer.
   *
   * @param status 200 to 299 is an answer, 429 and 503 mean that the line is to be asked again
   *     later, any other one is the line's final error
   * @param body what the endpoint would send, an error in OpenAI's shape included
   */
  record Reply(int status, JsonNode body) {
    boolean answered() {
      return status >= 200 && status < 300;
    }

    boolean later() {
      return status == 429 || status == 503;
    }
  }

  /**
   * Asks and waits for the whole answer; an interrupt ends the wait. A {@code ProblemException} is
   * an answer too, the one that the endpoint would send for it.
   *
   * @param caller whose batch it is; never an admin
   * @param endpoint such as {@code /v1/chat/completions}
   */
  Reply call(Caller caller, String endpoint, ObjectNode body) throws InterruptedException;
}
