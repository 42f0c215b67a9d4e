package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;

/** Asks for answers that come as one. */
interface WholeAnswers {
  /** Must not be changed, because several callers may read it. */
  JsonNode to(ModelRequest request) throws InterruptedException;
}
