package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.Answer.Usage;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.ModelFailure.Kind;
import com.sutazai.inference.backend.TokenStream;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One answer while it comes: its tokens in order, then what it cost. Belongs to one thread. Closing
 * it before its end tells the server to stop.
 */
public final class Generation implements AutoCloseable {
  private final Call call;
  private final TokenStream lines;
  private final String model;
  private final ObjectMapper json;
  private final Duration silence;
  private @Nullable String waiting;
  private @Nullable Usage usage;
  private boolean done;

  Generation(Call call, TokenStream lines, String model, ObjectMapper json, Duration silence) {
    this.call = call;
    this.lines = lines;
    this.model = model;
    this.json = json;
    this.silence = silence;
  }

  /** Waits for the first token: what goes wrong until then can still be tried again. */
  Generation begin() throws ModelFailure, InterruptedException {
    try {
      waiting = read();
    } catch (ModelFailure | InterruptedException e) {
      lines.close();
      throw e;
    }
    if (waiting != null) {
      call.firstToken(model);
    }
    return this;
  }

  /** The next piece of text, or null after the last one. */
  public @Nullable String next() throws InterruptedException {
    String first = waiting;
    if (first != null) {
      waiting = null;
      return first;
    }
    try {
      return done ? null : read();
    } catch (ModelFailure failure) {
      call.failed(failure);
      throw failure.problem();
    }
  }

  /** What became of it, after the last token. */
  public Answer answer(String text) {
    if (!done) {
      throw new IllegalStateException("The answer has not ended");
    }
    Answer answer = new Answer(text, model, false, call.timings(), usage);
    call.succeeded(answer);
    return answer;
  }

  private @Nullable String read() throws ModelFailure, InterruptedException {
    while (!done) {
      byte[] line = lines.next(silence);
      if (line == null) {
        throw new ModelFailure(
            Kind.CUT, "The model server ended its answer without saying that it is done.");
      }
      String text = take(parse(line));
      if (!text.isEmpty()) {
        return text;
      }
    }
    return null;
  }

  private String take(JsonNode part) throws ModelFailure {
    JsonNode error = part.path("error");
    if (error.isTextual()) {
      throw new ModelFailure(
          Kind.REPORTED, "The model server reported: " + OllamaClient.shortened(error.textValue()));
    }
    if (part.path("done").asBoolean(false)) {
      done = true;
      usage = usage(part);
      lines.finish();
    }
    return part.path("response").asText("");
  }

  private JsonNode parse(byte[] line) throws ModelFailure {
    try {
      JsonNode part = json.readTree(line);
      if (part != null && part.isObject()) {
        return part;
      }
    } catch (IOException e) {
      // told below
    }
    throw new ModelFailure(Kind.GARBLED, "The model server sent a line that is no JSON object.");
  }

  private static @Nullable Usage usage(JsonNode last) {
    JsonNode counted = last.path("eval_count");
    if (!counted.isIntegralNumber()) {
      return null;
    }
    long prompt = last.path("prompt_eval_count").asLong(0);
    return new Usage(prompt, counted.longValue(), prompt + counted.longValue());
  }

  @Override
  public void close() {
    lines.close();
    call.abandoned();
  }
}
