package com.sutazai.engine.decode;

import com.sutazai.engine.llama.Sampling;
import java.util.List;
import java.util.Optional;

/**
 * A prompt that is to be continued.
 *
 * @param prompt its tokens
 * @param maxTokens of the answer; negative is up to the end of the context
 * @param stops texts that end the answer and are not part of it
 * @param grammar rules in GBNF that the answer keeps to
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record AnswerRequest(
    int[] prompt, Sampling sampling, int maxTokens, List<String> stops, Optional<String> grammar) {
  public AnswerRequest {
    stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
  }
}
