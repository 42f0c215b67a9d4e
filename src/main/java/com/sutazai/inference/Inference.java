package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.ModelRequest.Billing;
import com.sutazai.inference.ModelRequest.Reuse;
import com.sutazai.inference.ModelRequest.Urgency;
import com.sutazai.inference.Models.Resolved;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.BackendConfig;
import com.sutazai.inference.backend.Backends;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.Collector;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.Operation;
import com.sutazai.inference.usage.Outcome;
import com.sutazai.inference.usage.UsageRecorder;
import com.sutazai.inference.usage.UsageRow;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks models: the way in for everything that needs one. */
@Singleton
public class Inference {
  private final InferenceConfig config;
  private final BackendConfig servers;
  private final Backends backends;
  private final ModelCalls calls;
  private final ReusedAnswers answers;
  private final Embeddings embeddings;

  Inference(
      InferenceConfig config,
      BackendConfig servers,
      Backends backends,
      ModelCalls calls,
      ReusedAnswers answers,
      Embeddings embeddings) {
    this.config = config;
    this.servers = servers;
    this.backends = backends;
    this.calls = calls;
    this.answers = answers;
    this.embeddings = embeddings;
  }

  /** Most requests that are at one server at once. */
  public int maxConcurrent() {
    return servers.maxConcurrent();
  }

  /** Asks the servers which models they have; may take as long as connecting does. */
  public ModelStatus status() throws InterruptedException {
    try {
      Resolved found = calls.resolve(null);
      return new ModelStatus(where(found.servers()), found.name(), null);
    } catch (ModelFailure failure) {
      return new ModelStatus(where(backends.all()), null, failure.getMessage());
    }
  }

  private static String where(List<Backend> servers) {
    return String.join(", ", servers.stream().map(Backend::where).toList());
  }

  /** {@code ok}, {@code down}, or {@code unknown} before the first answer; costs nothing. */
  public String health() {
    return backends.health();
  }

  /** Asks, where no answer is kept or under way, and waits for the first token. */
  public Generation open(ModelRequest request) throws InterruptedException {
    return open(request, true);
  }

  private Generation open(ModelRequest request, boolean streams) throws InterruptedException {
    return PromptList.isOne(request)
        ? new ListedGeneration(
                request, each -> answers.open(each, streams), maxConcurrent(), streams)
            .open()
        : answers.open(request, streams);
  }

  /**
   * The same for a caller who passes nothing on before the end, and so may wait for the answer that
   * another process is being given.
   */
  public Generation openWhole(ModelRequest request) throws InterruptedException {
    return open(request, false);
  }

  /** What somebody who waits asks a model by a prompt. */
  public ModelRequest request(Caller caller, Prompt prompt) {
    return prompt.request(caller, config, Urgency.INTERACTIVE, Billing.AT_ITS_END);
  }

  /** An answer, and where it came from. */
  public record Told(Answer answer, Origin origin) {}

  /** Asks and waits for the whole answer to a prompt. */
  public Told complete(ModelRequest request) throws InterruptedException {
    try (Generation generation = openWhole(request)) {
      Answer answer = answer(generation, Prompt::text);
      return new Told(answer, generation.origin());
    }
  }

  /**
   * An answer, and what it cost.
   *
   * @param used empty when no model worked for it
   */
  public record Charged(Answer answer, Optional<Outcome> used) {
    /** What it cost, to be stored with what it was asked for. */
    public List<UsageRow> usage(UsageRecorder recorder, UUID owner) {
      return used.stream().map(each -> recorder.row(owner, answer.model(), each)).toList();
    }
  }

  /** Asks a prompt for a task, which writes down itself what the answer cost. */
  public Charged completeForTask(Caller caller, Prompt prompt) throws InterruptedException {
    return charged(
        prompt.request(caller, config, Urgency.BULK, Billing.WITH_THE_RESULT), Prompt::text);
  }

  /** The same for an answer that is made for this call alone, and kept for no other. */
  public Charged completeAlone(Caller caller, Prompt prompt) throws InterruptedException {
    return charged(
        prompt.request(caller, config, Urgency.BULK, Billing.WITH_THE_RESULT).alone(),
        Prompt::text);
  }

  /** Asks a conversation as {@link #completeForTask(Caller, Prompt)} asks a prompt. */
  public Charged completeForTask(Caller caller, Conversation conversation)
      throws InterruptedException {
    return charged(
        conversation.request(caller, config, Urgency.BULK, Billing.WITH_THE_RESULT),
        Conversation::text);
  }

  private Charged charged(ModelRequest request, Function<Chunk, String> text)
      throws InterruptedException {
    try (Generation generation = openWhole(request)) {
      Answer answer = answer(generation, text);
      return new Charged(
          answer,
          generation.origin().free()
              ? Optional.empty()
              : Optional.of(answer.timings().outcome(false, answer.usage())));
    }
  }

  private Answer answer(Generation generation, Function<Chunk, String> piece)
      throws InterruptedException {
    if (generation instanceof KeptGeneration kept && kept.text().isPresent()) {
      return Answer.of(kept.text().get(), kept);
    }
    StringBuilder text = new StringBuilder();
    for (Chunk chunk = generation.next(); chunk != null; chunk = generation.next()) {
      text.append(piece.apply(chunk));
      requireBounded(text.length());
    }
    return Answer.of(text.toString(), generation);
  }

  /**
   * Has texts embedded for a task, in Ollama's words; what that cost is written down when it ends.
   *
   * @param model null for the configured one
   */
  public JsonNode embedForTask(Caller caller, @Nullable String model, ArrayNode texts)
      throws InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode().set("input", texts);
    return embed(
        new ModelRequest(
            caller,
            Operation.EMBED,
            body,
            model,
            Urgency.BULK,
            Reuse.FULL,
            Billing.AT_ITS_END,
            null));
  }

  /** Asks for embeddings, in the dialect of the request. */
  public JsonNode embed(ModelRequest request) throws InterruptedException {
    return embeddings.ask(request);
  }

  /** Puts all pieces together, in the dialect of the request. */
  public JsonNode collect(Generation generation, Collector collector) throws InterruptedException {
    for (Chunk chunk = generation.next(); chunk != null; chunk = generation.next()) {
      collector.add(chunk);
      requireBounded(collector.size());
    }
    return collector.whole();
  }

  private void requireBounded(long characters) {
    long most = config.maxAnswer().asLongValue();
    if (characters > most) {
      throw new ProblemException(
          ErrorCode.MODEL_FAILED,
          "The answer is longer than "
              + most
              + " characters (sutazai.inference.max-answer); ask for a stream instead.");
    }
  }
}
