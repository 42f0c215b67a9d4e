package com.sutazai.agents.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.platform.error.ProblemException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextAnalysisAgentTest {
  private static final String ARTICLE =
      """
      The city of Rotterdam will build a new bridge across the Meuse. The bridge will carry trams, bicycles and
      pedestrians, but no cars. Mayor Anna de Vries said that the bridge is the largest project of the city in 20 years.

      Construction begins on 12 March 2027 and will cost €240 million. Some residents fear noise during construction.
      Dr. Pieter Jansen of Delft University measured the river: it is 340 m wide at this point. "We like the weather here,"
      said a fisherman. The city expects that the bridge will be used by 30,000 bicycles a day. Details are at
      https://rotterdam.example/bridge, and questions go to bridge@rotterdam.example.
      """;

  private final ObjectMapper json = new ObjectMapper();
  private final TextAnalysisAgent agent = new TextAnalysisAgent(json);

  private JsonNode run(ObjectNode payload) throws Exception {
    AgentAnswer answer =
        agent.run(new AgentCall(UUID.randomUUID(), UUID.randomUUID(), "text_analysis", payload, 1));
    assertThat(answer).isInstanceOf(AgentAnswer.Done.class);
    return ((AgentAnswer.Done) answer).result();
  }

  private JsonNode analysis(String operation, String text) throws Exception {
    ObjectNode payload = json.createObjectNode().put("text", text);
    payload.putArray("operations").add(operation);
    return run(payload).get(operation);
  }

  @Test
  void without_operations_all_are_done() throws Exception {
    JsonNode result = run(json.createObjectNode().put("text", ARTICLE));

    assertThat(result.fieldNames())
        .toIterable()
        .containsExactly(
            "characters",
            "words",
            "sentences",
            "language",
            "summary",
            "keywords",
            "entities",
            "sentiment");
    assertThat(result.get("characters").intValue()).isEqualTo(ARTICLE.length());
    assertThat(result.get("sentences").intValue()).isEqualTo(9);
    assertThat(result.at("/language/code").textValue()).isEqualTo("en");
  }

  @Test
  void the_same_text_has_the_same_result() throws Exception {
    ObjectNode payload = json.createObjectNode().put("text", ARTICLE);

    assertThat(run(payload)).isEqualTo(run(payload));
  }

  @Test
  void a_summary_has_the_sentences_that_share_most_with_others_in_their_order() throws Exception {
    JsonNode summary = analysis("summary", ARTICLE);

    assertThat(summary.get("method").textValue()).isEqualTo("textrank");
    assertThat(summary.get("text").textValue())
        .isEqualTo(
            "The city of Rotterdam will build a new bridge across the Meuse."
                + " Mayor Anna de Vries said that the bridge is the largest project of the city in 20 years."
                + " The city expects that the bridge will be used by 30,000 bicycles a day.");
    assertThat(summary.findValuesAsText("number")).containsExactly("0", "2", "7");
    assertThat(summary.get("considered").intValue()).isEqualTo(9);
  }

  @Test
  void a_text_of_one_sentence_is_its_own_summary() throws Exception {
    assertThat(analysis("summary", " Only this. ").get("text").textValue()).isEqualTo("Only this.");
  }

  @Test
  void key_phrases_are_what_stands_between_function_words() throws Exception {
    JsonNode keywords =
        analysis(
            "keywords",
            "Linear algebra and linear equations are the basis of numerical methods. Linear algebra is old.");

    assertThat(keywords.get("method").textValue()).isEqualTo("rake");
    assertThat(keywords.get("keywords"))
        .isEqualTo(
            json.readTree(
                """
                [{"phrase": "Linear algebra", "count": 2, "score": 4.0},
                 {"phrase": "linear equations", "count": 1, "score": 4.0},
                 {"phrase": "numerical methods", "count": 1, "score": 4.0},
                 {"phrase": "basis", "count": 1, "score": 1.0},
                 {"phrase": "old", "count": 1, "score": 1.0}]
                """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en | The committee met on Tuesday and decided that the new bridge would be built before the end of the year.",
        "en | Please send the report.",
        "de | Der Zug nach Hamburg fährt heute leider nicht, weil die Strecke gesperrt ist.",
        "de | Ich habe keine Zeit.",
        "fr | Le conseil municipal a décidé de construire une nouvelle école dans le quartier.",
        "es | El tren llegó con retraso porque había nieve en las vías del norte.",
        "it | Il treno è arrivato in ritardo perché c'era la neve sui binari della stazione.",
        "pt | O trem chegou atrasado porque havia neve nos trilhos e não foi possível partir.",
        "nl | De trein kwam te laat aan omdat er sneeuw op het spoor lag en niemand het wist.",
        "sv | Tåget kom för sent eftersom det låg snö på spåret och ingen visste om det.",
        "da | Toget kom for sent, fordi der lå sne på sporet, og ingen af os vidste noget om det.",
        "no | Toget kom for sent fordi det lå snø på sporet, og ingen av oss visste noe om det.",
        "fi | Juna oli myöhässä, koska radalla oli lunta, eikä kukaan tiennyt siitä mitään.",
        "pl | Pociąg przyjechał z opóźnieniem, ponieważ na torach leżał śnieg i nikt o tym nie wiedział.",
        "cs | Vlak přijel pozdě, protože na kolejích ležel sníh a nikdo o tom nevěděl.",
        "tr | Tren geç geldi, çünkü raylarda kar vardı ve bunu kimse bilmiyordu.",
        "hu | A vonat késve érkezett, mert hó volt a síneken, és ezt senki nem tudta.",
        "ro | Trenul a sosit cu întârziere pentru că era zăpadă pe șine și nimeni nu știa.",
        "ru | Поезд опоздал, потому что на путях лежал снег и никто об этом не знал.",
        "uk | Потяг запізнився, бо на коліях лежав сніг і ніхто про це не знав.",
        "ja | 列車は雪のために遅れて到着しました。",
        "zh | 火车因为下雪晚点了。",
        "ko | 눈 때문에 기차가 늦게 도착했습니다.",
        "ar | تأخر القطار بسبب الثلوج.",
        "el | Το τρένο άργησε λόγω του χιονιού.",
        "he | הרכבת איחרה בגלל השלג.",
        "th | รถไฟมาช้าเพราะหิมะ",
        "hi | बर्फ के कारण ट्रेन देर से पहुँची।",
        "und | 12345 !!!",
        "und | xyzzy plugh qwrt",
      })
  void languages_are_told_from_one_sentence(String code, String text) throws Exception {
    assertThat(analysis("language", text).get("code").textValue()).isEqualTo(code);
  }

  @Test
  void entities_are_found_by_rules_where_they_stand() throws Exception {
    JsonNode entities = analysis("entities", ARTICLE);

    assertThat(entities.get("method").textValue()).isEqualTo("rules");
    assertThat(entities.get("entities").valueStream())
        .allMatch(
            each ->
                ARTICLE
                    .substring(each.get("start").intValue(), each.get("end").intValue())
                    .equals(each.get("text").textValue()))
        .extracting(each -> each.get("type").textValue() + " " + each.get("text").textValue())
        .containsExactly(
            "name Rotterdam",
            "name Meuse",
            "name Mayor Anna de Vries",
            "quantity 20 years",
            "date 12 March 2027",
            "money €240 million",
            "name Dr. Pieter Jansen of Delft University",
            "quantity 340 m",
            "url https://rotterdam.example/bridge",
            "email bridge@rotterdam.example");
  }

  @Test
  void german_nouns_are_no_names_and_days_that_no_calendar_has_no_dates() throws Exception {
    JsonNode entities =
        analysis(
            "entities",
            "Am 3. Oktober 2024 zahlte Frau Dr. Petra Müller 1.200,50 € an die Deutsche Bahn, also 12 % mehr."
                + " Siehe die Rechnung vom 2026-02-28, nicht 2026-13-45.");

    assertThat(entities.get("entities").valueStream())
        .extracting(each -> each.get("type").textValue() + " " + each.get("text").textValue())
        .containsExactly(
            "date 3. Oktober 2024",
            "name Frau Dr. Petra Müller",
            "money 1.200,50 €",
            "name Deutsche Bahn",
            "quantity 12 %",
            "date 2026-02-28");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "positive | 1.0 | This is the best phone I have ever owned. The screen is beautiful and it is very reliable.",
        "negative | -1.0 | The delivery was late and the box was damaged. I am really disappointed.",
        "mixed | 0.0 | It is not good, not bad.",
        "mixed | 0.0 | The food was great but the service was terrible.",
        "negative | -1.0 | I would not recommend this.",
        "positive | 1.0 | Das Essen war sehr lecker und der Service freundlich. Nicht teuer!",
        "negative | -1.0 | Der Service war leider nicht gut, und wir sind enttäuscht.",
      })
  void words_speak_well_or_badly_and_negations_turn_them_round(
      String label, double score, String text) throws Exception {
    JsonNode sentiment = analysis("sentiment", text);

    assertThat(sentiment.get("label").textValue()).isEqualTo(label);
    assertThat(sentiment.get("score").doubleValue()).isEqualTo(score);
  }

  @Test
  void what_cannot_be_told_is_not_made_up() throws Exception {
    JsonNode none = analysis("sentiment", "The train leaves at nine.");
    assertThat(none.get("label").textValue()).isEqualTo("none");
    assertThat(none.get("score").isNull()).isTrue();
    assertThat(analysis("sentiment", "Le train part à neuf heures dans la ville."))
        .isEqualTo(
            json.readTree(
                "{\"method\": \"none\", \"reason\": \"there is no lexicon of language fr, only of en and de\"}"));
    assertThat(analysis("keywords", "火车因为下雪晚点了。").get("method").textValue()).isEqualTo("none");
    assertThat(analysis("summary", "火车因为下雪晚点了。").get("method").textValue()).isEqualTo("none");
  }

  @Test
  void abbreviations_and_numbers_end_no_sentence() {
    assertThat(
            Sentences.of(
                "He arrived at 5 p.m. on the 3. May. Mr. Smith left. It cost 3.50 dollars! Really? \"Yes.\" She smiled.\n\n"
                    + "New paragraph without end\n\nLast"))
        .extracting(Sentences.Sentence::text)
        .containsExactly(
            "He arrived at 5 p.m. on the 3. May.",
            "Mr. Smith left.",
            "It cost 3.50 dollars!",
            "Really?",
            "\"Yes.\"",
            "She smiled.",
            "New paragraph without end",
            "Last");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "A ", "1", "1,", "a@", "a.", "http://", "Jan ", "Word one. ", "\n", "😀"})
  void odd_texts_of_full_length_are_worked_through(String piece) throws Exception {
    String text = piece.repeat(199_990 / piece.length()) + "x";

    assertThat(run(json.createObjectNode().put("text", text)).get("characters").intValue())
        .isEqualTo(text.length());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|payload.text is required and must not be blank",
        "{\"text\": \" \"}|payload.text is required and must not be blank",
        "{\"text\": 7}|payload.text must be a text",
        "{\"text\": \"a\\u0000\"}|payload.text must not contain the character U+0000",
        "[]|payload must be a JSON object",
        "{\"text\": \"a\", \"operation\": []}|payload.operation is not a known field of text_analysis",
        "{\"text\": \"a\", \"operations\": \"summary\"}|payload.operations must be an array of at most 5 texts",
        "{\"text\": \"a\", \"operations\": []}|payload.operations must name at least one",
        "{\"text\": \"a\", \"operations\": [\"translate\"]}|payload.operations[0] must be one of language, summary, keywords, entities, sentiment",
        "{\"text\": \"a\", \"operations\": [1]}|payload.operations[0] must be a text",
        "{\"text\": \"a\", \"language\": \"english\"}|payload.language must be a code of ISO 639",
        "{\"text\": \"a\", \"max_sentences\": 0}|payload.max_sentences must be a whole number between 1 and 50",
        "{\"text\": \"a\", \"max_keywords\": 1.5}|payload.max_keywords must be a whole number between 1 and 100",
      })
  void what_is_wrong_with_a_payload_is_named(String payload, String detail) throws Exception {
    JsonNode odd = json.readTree(payload);
    assertThatThrownBy(
            () ->
                agent.run(
                    new AgentCall(UUID.randomUUID(), UUID.randomUUID(), "text_analysis", odd, 1)))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining(detail);
  }

  @Test
  void a_text_that_is_too_long_is_refused() {
    ObjectNode payload = json.createObjectNode().put("text", "x".repeat(200_001));
    assertThatThrownBy(() -> run(payload))
        .hasMessage("payload.text must have at most 200000 characters, has 200001");
  }
}
