package com.sutazai.engine;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import io.vertx.core.json.JsonArray;

/**
 * The same library through its own Java API, in a process of its own: continues each argument after
 * the first, which is the model's file, at temperature 0 and prints the texts as a JSON list, last.
 */
final class JniOracle {
  private JniOracle() {}

  public static void main(String[] arguments) {
    var answers = new JsonArray();
    var parameters =
        new ModelParameters().setModel(arguments[0]).setCtxSize(512).setThreads(1).setGpuLayers(0);
    var model = new LlamaModel(parameters);
    for (int i = 1; i < arguments.length; i++) {
      var ask = new InferenceParameters(arguments[i]).setTemperature(0).setNPredict(40);
      answers.add(model.complete(ask));
    }
    System.out.println();
    System.out.println(answers.encode());
    Runtime.getRuntime().halt(0); // closing the model may wait for ever
  }
}
