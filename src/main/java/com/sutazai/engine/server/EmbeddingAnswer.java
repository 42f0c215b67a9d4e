package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The embeddings of one request. As text they take several times what they take as numbers, so the
 * text is made piece by piece while it is sent.
 *
 * @param dimensions numbers of each that are wanted; 0 for all
 * @param tokens of all texts
 */
record EmbeddingAnswer(
    String model,
    List<float[]> embeddings,
    int dimensions,
    int tokens,
    long totalNanos,
    long loadNanos) {
  /** The JSON, in a piece for each embedding. */
  Iterator<Buffer> pieces() {
    Stream<Buffer> numbers = IntStream.range(0, embeddings.size()).mapToObj(this::piece);
    return Stream.concat(numbers, Stream.of(end())).iterator();
  }

  private Buffer piece(int index) {
    StringBuilder text = new StringBuilder(index == 0 ? "{\"embeddings\":[" : ",");
    char before = '[';
    for (float number : shortened(embeddings.get(index))) {
      text.append(before).append(number);
      before = ',';
    }
    return Buffer.buffer(text.append(']').toString());
  }

  private Buffer end() {
    ObjectNode rest =
        JsonNodeFactory.instance
            .objectNode()
            .put("model", model)
            .put("total_duration", totalNanos)
            .put("load_duration", loadNanos)
            .put("prompt_eval_count", tokens);
    String begin = embeddings.isEmpty() ? "{\"embeddings\":[]," : "],";
    return Buffer.buffer(begin + rest.toString().substring(1));
  }

  /** Its first numbers, again of length 1; all of them for 0. */
  private float[] shortened(float[] embedding) {
    if (dimensions == 0 || dimensions >= embedding.length) {
      return embedding;
    }
    float[] first = Arrays.copyOf(embedding, dimensions);
    double squares = 0;
    for (float each : first) {
      squares += each * each;
    }
    float length = squares == 0 ? 1 : (float) Math.sqrt(squares);
    for (int i = 0; i < first.length; i++) {
      first[i] /= length;
    }
    return first;
  }
}
