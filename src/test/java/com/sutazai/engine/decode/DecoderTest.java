package com.sutazai.engine.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.engine.llama.Library;
import com.sutazai.engine.llama.LibrarySearch;
import com.sutazai.engine.llama.Model;
import com.sutazai.engine.llama.Sampling;
import com.sutazai.testing.ChainModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One model at work in this process. */
@SuppressWarnings("NullAway.Init")
class DecoderTest {
  private static final int CONTEXT = 2048;

  @TempDir private static Path folder;
  private static Library library;
  private static Decoder decoder;

  @BeforeAll
  static void start() throws Exception {
    ChainModel.write(folder.resolve("chain.gguf"));
    library = new LibrarySearch(Optional.empty(), List.of()).load();
    decoder = Decoder.start(library, folder.resolve("chain.gguf"), new Capacity(2, CONTEXT, 1, 3));
    decoder.loaded().get();
  }

  @AfterAll
  static void stop() throws Exception {
    decoder.stop();
    decoder.ended().get();
  }

  private static Sampling surely() {
    return new Sampling(0, 40, 0.9f, 0, 1, 64, 1.1f, 0, 0, 0, 5, 0.1f, 1);
  }

  private static AnswerRequest request(String prompt, int maxTokens, String... grammar) {
    int[] tokens = decoder.loaded().join().model().tokenize(prompt);
    return new AnswerRequest(
        tokens, surely(), maxTokens, List.of(), List.of(grammar).stream().findFirst());
  }

  private static HeardAnswer ask(AnswerRequest request) {
    return ask(request, new HeardAnswer());
  }

  private static HeardAnswer ask(AnswerRequest request, HeardAnswer heard) {
    heard.ticket = decoder.submit(request, heard);
    return heard;
  }

  /** One at whose first piece all stands still. */
  private static HoldingAnswer hold(AnswerRequest request) throws InterruptedException {
    var holding = new HoldingAnswer();
    ask(request, holding).awaitPieces(1);
    return holding;
  }

  @Test
  void a_prompt_s_known_beginning_is_not_computed_again() throws Exception {
    // Given
    ask(request("seven eight nine ten birds one", 3)).end();

    // When
    HeardAnswer again = ask(request("seven eight nine ten birds two", 3));

    // Then
    assertThat(again.end().reusedTokens()).isEqualTo(again.end().promptTokens() - 1);
    assertThat(again.text()).isEqualTo(" three four five");
  }

  @Test
  void a_prompt_of_before_is_computed_from_its_last_token() throws Exception {
    // Given
    ask(request("a lazy dog", 2)).end();

    // When
    HeardAnswer again = ask(request("a lazy dog", 2));

    // Then
    assertThat(again.end().reusedTokens()).isEqualTo(again.end().promptTokens() - 1);
    assertThat(again.text()).isEqualTo(" while one");
  }

  @Test
  void a_long_prompt_lets_running_answers_go_on() throws Exception {
    // Given
    HoldingAnswer running = hold(request(ChainModel.ENDLESS, -1));
    var late =
        new HeardAnswer() {
          @Override
          public void ended(AnswerEnd how) {
            running.ticket.cancel();
            super.ended(how);
          }
        };
    ask(request("one two ".repeat(900) + "one", 1), late);

    // When
    running.letGo();
    late.end();

    // Then
    assertThat(late.text()).isEqualTo(" two");
    assertThat(running.pieces()).isGreaterThanOrEqualTo(1 + 3); // steps of at most 512 tokens
    assertThat(running.failure().kind()).isEqualTo(EngineException.Kind.CANCELLED);
  }

  @Test
  void a_step_that_does_not_end_is_found_again_at_each_look() throws Exception {
    // Given
    var inStep = new CompletableFuture<String>();
    var release = new CompletableFuture<Void>();
    var heard =
        new HeardAnswer() {
          @Override
          public void text(String piece) {
            inStep.complete(piece);
            release.join();
          }
        };
    decoder.submit(request("a lazy dog", 1), heard);
    inStep.get();

    // When
    List<Integer> looks = List.of(decoder.look(), decoder.look(), decoder.look());
    release.complete(null);
    heard.end();

    // Then
    assertThat(looks).containsExactly(0, 1, 2);
    ask(request("a lazy dog", 1)).end();
    assertThat(decoder.look()).isZero();
  }

  @Test
  void an_answer_ends_where_the_context_does() throws Exception {
    // When
    HeardAnswer answer = ask(request(ChainModel.ENDLESS, -1));

    // Then
    assertThat(answer.end().reason()).isEqualTo(AnswerEnd.Reason.LENGTH);
    assertThat(answer.end().promptTokens() + answer.end().answerTokens()).isEqualTo(CONTEXT + 1);
  }

  @Test
  void a_prompt_that_does_not_fit_is_refused_with_the_limit() {
    // Given
    AnswerRequest request = request("one ".repeat(CONTEXT), 1);

    // Then
    assertThatThrownBy(() -> ask(request))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("2050 tokens")
        .hasMessageContaining("2048");
  }

  @Test
  void a_token_that_the_model_does_not_have_is_no_end_of_the_process() {
    // Given
    var request =
        new AnswerRequest(new int[] {1, 99_999}, surely(), 1, List.of(), Optional.empty());

    // When
    assertThatThrownBy(() -> ask(request))

        // Then
        .hasMessageContaining("99999");
  }

  @Test
  void more_than_may_wait_are_refused() throws Exception {
    // Given
    HoldingAnswer first = hold(request(ChainModel.ENDLESS, -1));
    var second = new HoldingAnswer();
    ask(request(ChainModel.ENDLESS, -1), second);
    first.letGo();
    second.awaitPieces(1);
    List<HeardAnswer> waiting =
        List.of(ask(request("one", 1)), ask(request("one", 1)), ask(request("one", 1)));

    // When
    assertThatThrownBy(() -> ask(request("one", 1)))

        // Then
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.BUSY));
    first.ticket.cancel();
    second.ticket.cancel();
    second.letGo();
    for (HeardAnswer each : waiting) {
      assertThat(each.end().answerTokens()).isEqualTo(1);
    }
  }

  @Test
  void an_answer_keeps_to_its_grammar() throws Exception {
    // When
    HeardAnswer answer =
        ask(request("the", -1, "root ::= \" quick\" \" br\" [a-z]{3} | \" slow\""));

    // Then
    answer.end();
    assertThat(answer.text()).isEqualTo(" quick brown");
  }

  @Test
  void a_grammar_that_cannot_be_read_is_refused() {
    // When
    HeardAnswer answer = ask(request("the", -1, "root ::= ("));

    // Then
    assertThat(answer.failure().kind()).isEqualTo(EngineException.Kind.REFUSED);
    assertThat(answer.failure()).hasMessageContaining("grammar");
  }

  @Test
  void a_grammar_that_no_token_keeps_to_is_no_end_of_the_process() {
    // When
    HeardAnswer answer = ask(request("the", -1, "root ::= [^\\x00-\\UFFFFFFFF]"));

    // Then
    assertThat(answer.failure().kind()).isEqualTo(EngineException.Kind.REFUSED);
  }

  @Test
  void a_file_that_is_no_model_is_refused() throws Exception {
    // Given
    Path file = Files.writeString(folder.resolve("no.gguf"), "GGUF and nothing else");

    // When
    CompletableFuture<LoadedModel> loaded =
        Decoder.start(library, file, new Capacity(1, 64, 1, 1)).loaded();

    // Then
    assertThatThrownBy(loaded::get)
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("no.gguf");
  }

  @Test
  void embeddings_of_texts_with_the_same_words_are_the_same() throws Exception {
    // Given
    var model = decoder.loaded().join().model();
    List<int[]> texts =
        List.of(
            model.tokenize("one two"),
            model.tokenize("two one"),
            model.tokenize("lazy dog"),
            model.tokenize("one two ".repeat(800)));

    // When
    List<float[]> embeddings = decoder.embed(texts).done().get();

    // Then
    assertThat(cosine(embeddings.get(0), embeddings.get(1))).isGreaterThan(0.999);
    assertThat(cosine(embeddings.get(0), embeddings.get(2))).isLessThan(0.9);
    assertThat(cosine(embeddings.get(3), embeddings.get(3))).isCloseTo(1, within());
  }

  @Test
  void a_few_embeddings_do_not_wait_for_many() throws Exception {
    // Given
    var model = decoder.loaded().join().model();
    List<String> order = new CopyOnWriteArrayList<>();
    List<int[]> many = Collections.nCopies(200, model.tokenize("one two ".repeat(50)));
    HoldingAnswer before = hold(request("one", 1));

    // When
    var first = decoder.embed(many).done().thenRun(() -> order.add("many"));
    var second = decoder.embed(many.subList(0, 1)).done().thenRun(() -> order.add("few"));
    before.letGo();
    CompletableFuture.allOf(first, second).get();

    // Then
    assertThat(order).containsExactly("few", "many");
  }

  @ParameterizedTest
  @CsvSource({"64, 256", "128, 512"})
  void memory_is_reckoned_by_the_width_of_keys_and_values(int head, long perToken)
      throws Exception {
    // Given
    Path file = folder.resolve("wide.gguf");
    ChainModel.write(file, head);

    // When
    try (Model model = Model.load(library, file)) {
      long reckoned = model.bytesPerToken();

      // Then
      assertThat(reckoned).isEqualTo(perToken); // 1 layer, 1 head, a key and a value, 2 bytes each
    }
  }

  @Test
  void a_closed_model_splits_no_texts() {
    // Given
    Model model = Model.load(library, folder.resolve("chain.gguf"));
    int longest = model.longestPiece();

    // When
    model.close();

    // Then
    assertThat(longest).isGreaterThanOrEqualTo(" quick".length());
    assertThatThrownBy(() -> model.tokenize("one")).hasMessage("the model was unloaded");
    assertThatThrownBy(() -> model.metadata("x")).hasMessage("the model was unloaded");
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-5);
  }

  private static double cosine(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }
}
