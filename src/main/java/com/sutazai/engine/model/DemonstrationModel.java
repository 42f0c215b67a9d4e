package com.sutazai.engine.model;

import com.sutazai.platform.model.ModelTag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A language model that knows one text by heart and answers everything with it, so that a first run
 * streams, batches and caches for real before any model is there. It is made here, not trained.
 *
 * <p>It has the shape of a Llama whose weights are set by hand. A token's embedding is one in one
 * place and zero elsewhere; attention and feed-forward add nothing to it; and a row of the output
 * matrix is high at the places of the tokens that its token comes after: at the token before it in
 * the text, for the first one at everything that a prompt may end with. It is so high that no usual
 * temperature makes another choice. The mean of such embeddings tells how much two texts share.
 */
public final class DemonstrationModel {
  /** How callers name it. */
  public static final String NAME = "demo";

  /** What it says. */
  static final String TEXT =
      """
      This is the demonstration model of SutazAI. It knows only this text, and says it whatever you \
      ask. To get a real model, send {"model":"tinyllama"} to POST /api/pull, or start Ollama with \
      it; from then on that one answers. Everything around these words is real already: each was \
      computed by the engine inside this program, came to you as soon as it was there, and was \
      counted. The same question asked again is answered from the cache, questions asked together \
      share the engine, and tasks that you leave here survive a restart. Have fun!\
      """;

  private static final String FILE = ".demo.gguf";
  private static final int CONTEXT = 8192;
  private static final int HEAD = 64;
  private static final int INNER = 64;
  private static final float SURE = 40;

  private final DemonstrationVocabulary vocabulary = new DemonstrationVocabulary(TEXT);

  /** Places of embeddings, rounded up to whole heads. */
  private final int width = Math.ceilDiv(vocabulary.places(), HEAD) * HEAD;

  private DemonstrationModel() {}

  /** Whether the name means this model, and so no file of a store. */
  public static boolean isNamed(String name) {
    return ModelTag.same(name, NAME);
  }

  /** Makes its file in the folder, unless it is there as it should be. */
  public static Path in(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(FILE);
    byte[] bytes = bytes();
    if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
      return file;
    }
    Path fresh = Files.createTempFile(folder, ".demo", ".new");
    Files.write(fresh, bytes);
    return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  static byte[] bytes() {
    return new DemonstrationModel().describe().bytes();
  }

  private GgufWriter describe() {
    int count = vocabulary.tokens().size();
    var file = new GgufWriter(256 * 1024, 8 * count * width + (1 << 20));
    shape(file);
    tokenizer(file);
    file.matrix("token_embd.weight", embeddings());
    file.ones("output_norm.weight", width);
    file.matrix("output.weight", successors());
    for (String norm : List.of("attn_norm", "ffn_norm")) {
      file.ones("blk.0." + norm + ".weight", width);
    }
    file.zeros("blk.0.attn_q.weight", width, width);
    file.zeros("blk.0.attn_k.weight", width, HEAD);
    file.zeros("blk.0.attn_v.weight", width, HEAD);
    file.zeros("blk.0.attn_output.weight", width, width);
    file.zeros("blk.0.ffn_gate.weight", width, INNER);
    file.zeros("blk.0.ffn_up.weight", width, INNER);
    return file.zeros("blk.0.ffn_down.weight", INNER, width);
  }

  private void shape(GgufWriter file) {
    file.put("general.architecture", "llama")
        .put("general.name", "SutazAI demonstration model")
        .put("general.file_type", 0)
        .put("llama.context_length", CONTEXT)
        .put("llama.embedding_length", width)
        .put("llama.block_count", 1)
        .put("llama.feed_forward_length", INNER)
        .put("llama.rope.dimension_count", HEAD)
        .put("llama.vocab_size", vocabulary.tokens().size())
        .put("llama.attention.head_count", width / HEAD)
        .put("llama.attention.head_count_kv", 1)
        .put("llama.attention.layer_norm_rms_epsilon", 1e-5f);
  }

  private void tokenizer(GgufWriter file) {
    List<Float> scores = new ArrayList<>();
    for (int i = 0; i < vocabulary.tokens().size(); i++) {
      scores.add((float) -i);
    }
    file.put("tokenizer.ggml.model", "llama")
        .putTexts("tokenizer.ggml.tokens", vocabulary.tokens())
        .putFloats("tokenizer.ggml.scores", scores)
        .putInts("tokenizer.ggml.token_type", vocabulary.types())
        .put("tokenizer.ggml.bos_token_id", DemonstrationVocabulary.BEGIN)
        .put("tokenizer.ggml.eos_token_id", DemonstrationVocabulary.END)
        .put("tokenizer.ggml.unknown_token_id", 0)
        .put("tokenizer.ggml.add_bos_token", true)
        .put("tokenizer.ggml.add_eos_token", false)
        .put("tokenizer.chat_template", "{{ messages[-1]['content'] }}");
  }

  private float[][] embeddings() {
    float[][] rows = new float[vocabulary.tokens().size()][width];
    for (int token = 0; token < rows.length; token++) {
      rows[token][vocabulary.place(token)] = 1;
    }
    return rows;
  }

  private float[][] successors() {
    float high = (float) (SURE / Math.sqrt(width)); // the norm takes it back
    List<Integer> answer = vocabulary.answer();
    float[][] rows = new float[vocabulary.tokens().size()][width];
    Arrays.fill(rows[answer.getFirst()], high);
    for (int i = 0; i < answer.size(); i++) {
      boolean last = i == answer.size() - 1;
      int place = vocabulary.place(answer.get(i));
      rows[answer.getFirst()][place] = 0;
      rows[last ? DemonstrationVocabulary.END : answer.get(i + 1)][place] = high;
    }
    return rows;
  }
}
