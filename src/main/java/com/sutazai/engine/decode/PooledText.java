package com.sutazai.engine.decode;

import com.sutazai.engine.llama.Batch;
import com.sutazai.engine.llama.Context;

/** A text on its way through a sequence, and the sum of its tokens' embeddings. */
final class PooledText {
  private final int sequence;
  private final int[] tokens;
  private final Pooling pooling;
  private final double[] sum;
  private int given;
  private int from;
  private int count;

  PooledText(int sequence, int[] tokens, Pooling pooling, int embeddingSize) {
    this.sequence = sequence;
    this.tokens = tokens;
    this.pooling = pooling;
    sum = new double[embeddingSize];
  }

  boolean complete() {
    return given == tokens.length;
  }

  int left() {
    return tokens.length - given;
  }

  /** Adds its next tokens to the batch, and tells how many. */
  int addTo(Batch batch, int most) {
    from = batch.size();
    count = Math.min(Math.min(most, batch.room()), left());
    for (int i = 0; i < count; i++) {
      batch.add(tokens[given + i], given + i, sequence, true);
    }
    return count;
  }

  /** Takes the embeddings of the tokens that it added last. */
  void collect(Context context) {
    for (int i = 0; i < count; i++) {
      if (counts(given + i)) {
        float[] embedding = context.embedding(from + i);
        for (int place = 0; place < sum.length; place++) {
          sum[place] += embedding[place];
        }
      }
    }
    given += count;
  }

  private boolean counts(int place) {
    return switch (pooling) {
      case MEAN -> true;
      case FIRST -> place == 0;
      case LAST -> place == tokens.length - 1;
    };
  }

  /** Of length 1, so the count of tokens does not matter; all zeros stay so. */
  float[] embedding() {
    double squares = 0;
    for (double each : sum) {
      squares += each * each;
    }
    double length = squares == 0 ? 1 : Math.sqrt(squares);
    float[] embedding = new float[sum.length];
    for (int place = 0; place < sum.length; place++) {
      embedding[place] = (float) (sum[place] / length);
    }
    return embedding;
  }
}
