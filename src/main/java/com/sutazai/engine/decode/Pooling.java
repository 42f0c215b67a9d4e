package com.sutazai.engine.decode;

import com.sutazai.engine.llama.Model;

/** How the embeddings of a text's tokens become the text's. */
enum Pooling {
  MEAN,
  FIRST,
  LAST;

  /** What a model's file says; the mean if it says nothing. */
  static Pooling of(Model model) {
    return switch (said(model, "pooling_type")) {
      case "2" -> FIRST;
      case "3" -> LAST;
      default -> MEAN;
    };
  }

  /** Whether each token is computed with the later ones in view too, so a text only as a whole. */
  static boolean needsWhole(Model model) {
    return said(model, "attention.causal").equals("false");
  }

  private static String said(Model model, String key) {
    String architecture = model.metadata("general.architecture").orElse("");
    return model.metadata(architecture + "." + key).orElse("");
  }
}
