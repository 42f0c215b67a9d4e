package com.sutazai.gateway;

import com.sutazai.testing.ChainModel;
import com.sutazai.testing.Product;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The packaged program with the engine inside and the {@link ChainModel}. */
final class EngineProduct {
  static final String MODEL = "chain";

  private EngineProduct() {}

  /** Starts it with all that it keeps in this folder, and further variables. */
  static Product up(Path folder, Map<String, String> more) throws Exception {
    Path models = Files.createDirectories(folder.resolve("models"));
    ChainModel.writeLong(models.resolve(MODEL + ".gguf"));
    Map<String, String> environment = new HashMap<>();
    environment.put("SUTAZAI_INFERENCE_ENGINE_ENABLED", "true");
    environment.put("SUTAZAI_INFERENCE_ENGINE_CONTEXT", String.valueOf(ChainModel.CONTEXT));
    environment.put("SUTAZAI_INFERENCE_MODELS_DIR", models.toString());
    environment.put("SUTAZAI_INFERENCE_MODEL", MODEL);
    environment.putAll(more);
    return Product.up(folder.resolve("data"), environment);
  }

  /** Its engine's process. */
  static ProcessHandle engine(Product product) {
    return ProcessHandle.of(product.pid())
        .orElseThrow()
        .descendants()
        .filter(
            each -> Arrays.asList(each.info().arguments().orElse(new String[0])).contains("engine"))
        .findFirst()
        .orElseThrow();
  }
}
