package com.sutazai.engine.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.engine.llama.Context;
import com.sutazai.engine.llama.ContextSize;
import com.sutazai.engine.llama.LibrarySearch;
import com.sutazai.engine.llama.Model;
import com.sutazai.testing.ChainModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which sequence a prompt gets. */
@SuppressWarnings("NullAway.Init")
class SequencesTest {
  private static final int COUNT = 4;
  private static final int BEGINNING = 1;

  @TempDir private Path folder;
  private Model model;
  private Context context;
  private Sequences sequences;

  @BeforeEach
  void load() throws Exception {
    ChainModel.write(folder.resolve("chain.gguf"));
    model =
        Model.load(
            new LibrarySearch(Optional.empty(), List.of()).load(), folder.resolve("chain.gguf"));
    context = new Context(model, new ContextSize(COUNT * 64, 64, COUNT, 1, false));
    sequences = new Sequences(context, COUNT, COUNT * 64);
  }

  @AfterEach
  void free() {
    context.close();
    model.close();
  }

  /** A prompt that begins as all do, and goes on as none of another number. */
  private static int[] prompt(int number) {
    return IntStream.range(0, 12).map(i -> i == 0 ? BEGINNING : 20 * number + i).toArray();
  }

  private Sequence at(int[] prompt) {
    Sequence sequence = sequences.take(prompt);
    for (int token : prompt) {
      sequence.add(token);
    }
    return sequence;
  }

  @Test
  void a_prompt_goes_to_the_sequence_that_knows_its_beginning() {
    // Given
    Sequence first = at(prompt(1));
    sequences.giveBack(first);
    sequences.giveBack(at(prompt(2)));

    // Then
    assertThat(sequences.take(prompt(1))).isSameAs(first);
  }

  @Test
  void a_beginning_that_all_prompts_have_costs_nobody_what_is_remembered() {
    // Given
    Sequence first = at(prompt(1));
    sequences.giveBack(first);

    // Then
    assertThat(sequences.take(prompt(2))).isNotSameAs(first);
  }

  @Test
  void sequences_at_work_are_beside_each_other() {
    // Given
    List<Sequence> all = IntStream.range(0, COUNT).mapToObj(i -> at(prompt(i))).toList();
    for (int i : new int[] {3, 2, 0}) {
      sequences.giveBack(all.get(i));
    }

    // When
    int busy = all.get(1).number;
    int taken = sequences.take(prompt(7)).number;

    // Then
    assertThat(Math.abs(taken - busy)).isEqualTo(1);
    assertThat(Math.abs(sequences.take(prompt(8)).number - busy)).isLessThanOrEqualTo(2);
  }
}
