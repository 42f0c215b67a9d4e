package com.sutazai.inference.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.inference.backend.ModelFailure.Kind;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TranslatedEmbeddingsTest {
  private final ChunkReader reader =
      OllamaOverOpenAi.reader(Operation.EMBED, "m", InstantSource.fixed(Instant.EPOCH));

  @Test
  void vectors_come_in_the_order_of_their_inputs() throws ModelFailure {
    // When
    Chunk chunk =
        Json.read(
                reader,
                """
                {"object":"list","model":"x","data":[
                  {"object":"embedding","index":1,"embedding":[0.5,-1]},
                  {"object":"embedding","index":0,"embedding":[1,2]}],
                 "usage":{"prompt_tokens":8,"total_tokens":8}}""")
            .getFirst();

    // Then
    assertThat(Json.object(chunk.json().toString()))
        .isEqualTo(
            Json.object(
                """
                {"model":"m","embeddings":[[1,2],[0.5,-1]],"total_duration":0,"prompt_eval_count":8}"""));
    assertThat(chunk.last()).isTrue();
    assertThat(chunk.usage()).isEqualTo(new Usage(8, 0, 8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"data\":[{\"index\":0,\"embedding\":\"AACAPw==\"}]}"})
  void what_holds_no_vectors_is_garbled(String answer) {
    assertThatThrownBy(() -> Json.read(reader, answer))
        .isInstanceOfSatisfying(
            ModelFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.GARBLED));
  }

  @Test
  void the_older_route_asks_for_its_prompt() {
    assertThat(
            LegacyEmbeddings.request(
                Json.object("{\"model\":\"m\",\"prompt\":\"a\",\"options\":{},\"keep_alive\":5}")))
        .isEqualTo(
            Json.object("{\"model\":\"m\",\"input\":\"a\",\"options\":{},\"keep_alive\":5}"));
  }

  @Test
  void the_older_route_answers_one_vector() {
    assertThat(LegacyEmbeddings.answer(Json.object("{\"model\":\"m\",\"embeddings\":[[1,2]]}")))
        .isEqualTo(Json.object("{\"embedding\":[1,2]}"));
    assertThat(LegacyEmbeddings.answer(Json.object("{\"embeddings\":[]}")))
        .isEqualTo(Json.object("{\"embedding\":[]}"));
  }
}
