package com.sutazai.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A language model that knows one text by heart and says which word comes after which, so that a
 * test knows each word of a real model server's answer.
 *
 * <p>It has the shape of a Llama whose weights are set by hand. A token's embedding is one in a
 * place of its own and zero elsewhere; attention and feed-forward add nothing to it; and row n of
 * the output matrix is high at the tokens that n comes after, so high that no usual temperature
 * makes another choice. The mean of such embeddings tells how many words two texts share. A chat is
 * continued like its last message.
 */
public final class ChainModel {
  /** No word comes twice, so each is followed by one other; the last by the end. */
  public static final String TEXT =
      "the quick brown fox jumps over a lazy dog while one two three four five six seven eight nine"
          + " ten birds sing";

  /** A prompt whose answer never ends by itself. */
  public static final String ENDLESS = "tick tock";

  /** Tokens that one request may have, the prompt's and the answer's. */
  public static final int CONTEXT = 16_384;

  /** The same of the long one: an endless answer takes minutes, each token more than the last. */
  public static final int LONG_CONTEXT = 65_536;

  private static final int SIZE = 512;
  private static final int HEAD = 64;
  private static final int HEADS = SIZE / HEAD;
  private static final int INNER = 64;
  private static final float SURE = 40;

  private static final int BEGIN = 1;
  private static final int END = 2;

  /** Codes of token types. */
  private static final int NORMAL = 1;

  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int UNUSED = 5;
  private static final int BYTE = 6;

  private static final String SPACE = "\u2581";

  private final List<String> tokens = new ArrayList<>();
  private final List<Integer> types = new ArrayList<>();
  private final int head;
  private final int context;

  private ChainModel(int head, int context) {
    this.head = head;
    this.context = context;
    add("<unk>", UNKNOWN);
    add("<s>", CONTROL);
    add("</s>", CONTROL);
    for (int i = 0; i < 256; i++) {
      add(String.format("<0x%02X>", i), BYTE);
    }
    pieces().forEach(piece -> add(piece, NORMAL));
    for (int i = tokens.size(); i < SIZE; i++) {
      add("<unused" + i + ">", UNUSED);
    }
  }

  private void add(String token, int type) {
    tokens.add(token);
    types.add(type);
  }

  /** What a tokenizer puts together from the left: letters, and each beginning of each word. */
  private static Set<String> pieces() {
    Set<String> pieces = new LinkedHashSet<>(List.of(SPACE));
    for (char c = '!'; c <= '~'; c++) {
      pieces.add(String.valueOf(c));
    }
    for (String word : (TEXT + " " + ENDLESS).split(" ")) {
      for (int length = 1; length <= word.length(); length++) {
        pieces.add(SPACE + word.substring(0, length));
      }
    }
    return pieces;
  }

  /** The first words of the text, each of which is a prompt with an answer of its own. */
  public static List<String> prompts(int count) {
    return Arrays.asList(TEXT.split(" ")).subList(0, count);
  }

  /** What the model answers to a prompt that ends in a word of the text. */
  public static String after(String prompt) {
    String last = prompt.substring(prompt.lastIndexOf(' ') + 1);
    return TEXT.substring((TEXT + " ").indexOf(last + " ") + last.length());
  }

  /** How many words the text has, each of which is one token. */
  public static int words(String text) {
    return text.strip().split(" ").length;
  }

  /** Writes the model's file. */
  public static void write(Path file) throws IOException {
    write(file, HEAD);
  }

  /** Writes one that answers for so long that a test ends what it has begun. */
  public static void writeLong(Path file) throws IOException {
    new ChainModel(HEAD, LONG_CONTEXT).describe().write(file);
  }

  /**
   * Writes one whose heads are wider than their share of the model.
   *
   * @param head numbers of each head's key and value
   */
  public static void write(Path file, int head) throws IOException {
    new ChainModel(head, CONTEXT).describe().write(file);
  }

  private GgufWriter describe() {
    var file = new GgufWriter();
    shape(file);
    tokenizer(file);
    file.matrix("token_embd.weight", identity());
    file.ones("output_norm.weight", SIZE);
    file.matrix("output.weight", successors());
    for (String norm : List.of("attn_norm", "ffn_norm")) {
      file.ones("blk.0." + norm + ".weight", SIZE);
    }
    file.zeros("blk.0.attn_q.weight", SIZE, HEADS * head);
    file.zeros("blk.0.attn_k.weight", SIZE, head);
    file.zeros("blk.0.attn_v.weight", SIZE, head);
    file.zeros("blk.0.attn_output.weight", HEADS * head, SIZE);
    file.zeros("blk.0.ffn_gate.weight", SIZE, INNER);
    file.zeros("blk.0.ffn_up.weight", SIZE, INNER);
    return file.zeros("blk.0.ffn_down.weight", INNER, SIZE);
  }

  private void shape(GgufWriter file) {
    if (head != HEAD) {
      file.put("llama.attention.key_length", head).put("llama.attention.value_length", head);
    }
    file.put("general.architecture", "llama")
        .put("general.name", "chain")
        .put("llama.context_length", context)
        .put("llama.embedding_length", SIZE)
        .put("llama.block_count", 1)
        .put("llama.feed_forward_length", INNER)
        .put("llama.rope.dimension_count", head)
        .put("llama.vocab_size", SIZE)
        .put("llama.attention.head_count", HEADS)
        .put("llama.attention.head_count_kv", 1)
        .put("llama.attention.layer_norm_rms_epsilon", 1e-5f);
  }

  private void tokenizer(GgufWriter file) {
    List<Float> scores = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      scores.add((float) -i);
    }
    file.put("tokenizer.ggml.model", "llama")
        .putStrings("tokenizer.ggml.tokens", tokens)
        .putFloats("tokenizer.ggml.scores", scores)
        .putInts("tokenizer.ggml.token_type", types)
        .put("tokenizer.ggml.bos_token_id", BEGIN)
        .put("tokenizer.ggml.eos_token_id", END)
        .put("tokenizer.ggml.unknown_token_id", 0)
        .put("tokenizer.ggml.add_bos_token", true)
        .put("tokenizer.ggml.add_eos_token", false)
        .put("tokenizer.chat_template", "{{ messages[-1]['content'] }}");
  }

  private static float[][] identity() {
    float[][] rows = new float[SIZE][SIZE];
    for (int i = 0; i < SIZE; i++) {
      rows[i][i] = 1;
    }
    return rows;
  }

  /** At [next][previous]; what is no word is followed by the first one. */
  private float[][] successors() {
    int[] next = new int[SIZE];
    Arrays.fill(next, token(TEXT.split(" ")[0]));
    follow(next, List.of(TEXT.split(" ")));
    next[token(TEXT.substring(TEXT.lastIndexOf(' ') + 1))] = END;
    List<String> circle = new ArrayList<>(List.of(ENDLESS.split(" ")));
    circle.add(circle.getFirst());
    follow(next, circle);
    float[][] rows = new float[SIZE][SIZE];
    for (int previous = 0; previous < SIZE; previous++) {
      rows[next[previous]][previous] = (float) (SURE / Math.sqrt(SIZE)); // the norm takes it back
    }
    return rows;
  }

  private void follow(int[] next, List<String> words) {
    for (int i = 1; i < words.size(); i++) {
      next[token(words.get(i - 1))] = token(words.get(i));
    }
  }

  private int token(String word) {
    return tokens.indexOf(SPACE + word);
  }
}
