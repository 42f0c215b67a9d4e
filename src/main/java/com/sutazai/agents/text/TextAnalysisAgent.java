package com.sutazai.agents.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.AgentWork;
import com.sutazai.agents.Payload;
import com.sutazai.agents.TaskAgent;
import com.sutazai.agents.text.Entities.Entity;
import com.sutazai.agents.text.LanguageDetector.Detected;
import com.sutazai.agents.text.Sentences.Sentence;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Runs tasks of type {@code text_analysis}. The payload is {@code {text, operations?, language?,
 * max_sentences?, max_keywords?}}; the result has a field for each operation, which says by which
 * {@code method} it was found. No model is asked, and the same text has the same result.
 */
@TaskAgent(
    name = "text-worker",
    type = "text",
    capabilities = {"text_analysis", "summary", "keywords", "language", "entities", "sentiment"},
    taskTypes = "text_analysis")
class TextAnalysisAgent implements AgentWork {
  private static final int LONGEST_TEXT = 200_000;
  private static final int MOST_ENTITIES = 500;
  private static final Set<String> WITHOUT_BLANKS = Set.of("ja", "zh", "th");
  private static final String[] OPERATIONS = {
    "language", "summary", "keywords", "entities", "sentiment"
  };

  private final ObjectMapper json;

  TextAnalysisAgent(ObjectMapper json) {
    this.json = json;
  }

  /** A text and what all operations need of it. */
  private record Text(String text, List<Sentence> sentences, Detected detected, String language) {
    /** Of no language whose words are known, none is a function word. */
    Predicate<String> isFunctionWord() {
      Optional<Language> known = Language.of(language);
      return word -> known.isPresent() && known.get().hasFunctionWord(word);
    }
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    Payload payload =
        Payload.of(call, "text", "operations", "language", "max_sentences", "max_keywords");
    Text text = text(payload);
    List<String> operations = operations(payload);
    int sentences = payload.whole("max_sentences", 1, 50, 3);
    int keywords = payload.whole("max_keywords", 1, 100, 10);
    ObjectNode result = json.createObjectNode();
    result.put("characters", text.text().length());
    result.put("words", Words.of(text.text()).size());
    result.put("sentences", text.sentences().size());
    for (String operation : operations) {
      call.progress((double) (result.size() - 3) / operations.size(), operation);
      result.set(
          operation,
          switch (operation) {
            case "language" -> language(text);
            case "summary" -> summary(text, sentences);
            case "keywords" -> keywords(text, keywords);
            case "entities" -> entities(text);
            default -> sentiment(text);
          });
    }
    return new AgentAnswer.Done(result);
  }

  private static Text text(Payload payload) {
    String text = payload.required("text", LONGEST_TEXT);
    String said = payload.text("language");
    if (said != null && !said.matches("[a-z]{2,3}")) {
      throw ProblemException.invalid(
          "payload.language",
          "must be a code of ISO 639, such as en; leave it out to have it told");
    }
    Detected detected = LanguageDetector.detect(text);
    return new Text(text, Sentences.of(text), detected, said == null ? detected.code() : said);
  }

  private static List<String> operations(Payload payload) {
    List<String> wanted = payload.texts("operations", OPERATIONS.length, 20);
    if (payload.json("operations") != null && wanted.isEmpty()) {
      throw ProblemException.invalid(
          "payload.operations", "must name at least one; leave it out for all");
    }
    for (int i = 0; i < wanted.size(); i++) {
      Check.oneOf("payload.operations[" + i + "]", wanted.get(i), OPERATIONS);
    }
    return wanted.isEmpty() ? List.of(OPERATIONS) : wanted.stream().distinct().toList();
  }

  private JsonNode language(Text text) {
    ObjectNode told = json.createObjectNode();
    told.put("code", text.detected().code());
    told.put("method", text.detected().method());
    told.put("score", text.detected().score());
    ArrayNode candidates = told.putArray("candidates");
    text.detected()
        .candidates()
        .forEach(
            each -> candidates.addObject().put("code", each.code()).put("score", each.score()));
    return told;
  }

  private JsonNode summary(Text text, int wanted) throws InterruptedException {
    if (WITHOUT_BLANKS.contains(text.language())) {
      return unable(text);
    }
    var best = Summary.of(text.sentences(), text.isFunctionWord(), wanted);
    ObjectNode told = json.createObjectNode();
    told.put("method", "textrank");
    told.put("text", String.join(" ", best.stream().map(each -> each.sentence().text()).toList()));
    ArrayNode list = told.putArray("sentences");
    best.forEach(
        each ->
            list.addObject()
                .put("number", each.number())
                .put("rank", each.rank())
                .put("text", each.sentence().text()));
    told.put("considered", Math.min(Summary.MOST, text.sentences().size()));
    return told;
  }

  private JsonNode keywords(Text text, int wanted) {
    if (WITHOUT_BLANKS.contains(text.language())) {
      return unable(text);
    }
    ObjectNode told = json.createObjectNode();
    told.put("method", "rake");
    told.put("function_words", Language.of(text.language()).isPresent() ? text.language() : "none");
    ArrayNode list = told.putArray("keywords");
    Keywords.of(text.text(), text.isFunctionWord(), wanted)
        .forEach(
            each ->
                list.addObject()
                    .put("phrase", each.phrase())
                    .put("count", each.count())
                    .put("score", each.score()));
    return told;
  }

  private ObjectNode unable(Text text) {
    return json.createObjectNode()
        .put("method", "none")
        .put(
            "reason",
            "words of language "
                + text.language()
                + " are not separated by blanks, and this counts words");
  }

  private JsonNode entities(Text text) {
    List<Entity> found =
        Entities.of(
            text.text(),
            text.sentences(),
            text.isFunctionWord(),
            text.language().equals(Language.GERMAN.code()));
    ObjectNode told = json.createObjectNode().put("method", "rules").put("found", found.size());
    ArrayNode list = told.putArray("entities");
    found.stream()
        .limit(MOST_ENTITIES)
        .forEach(
            each ->
                list.addObject()
                    .put("type", each.type())
                    .put("text", each.text())
                    .put("start", each.start())
                    .put("end", each.end()));
    return told;
  }

  private JsonNode sentiment(Text text) {
    Optional<Sentiment.Found> found = Sentiment.of(text.text(), text.language());
    if (found.isEmpty()) {
      return json.createObjectNode()
          .put("method", "none")
          .put(
              "reason",
              "there is no lexicon of language " + text.language() + ", only of en and de");
    }
    ObjectNode told = json.createObjectNode().put("method", "lexicon");
    told.put("language", text.language());
    told.put("label", found.get().label());
    told.put("score", found.get().score());
    told.put("positive", found.get().good());
    told.put("negative", found.get().bad());
    ArrayNode words = told.putArray("words");
    found.get().words().forEach(words::add);
    return told;
  }
}
