package com.sutazai.engine.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.engine.EngineOptions;
import com.sutazai.testing.ChainModel;
import com.sutazai.testing.EngineChild;
import com.sutazai.testing.Slow;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process's memory does not grow with what it has done. */
@Slow
@SuppressWarnings("NullAway.Init")
class EngineEnduranceTest {
  private static final boolean LONG = Boolean.getBoolean("sutazai-test.long");
  private static final int ANSWERS = LONG ? 10_000 : 1_600;
  private static final int LOADS = LONG ? 50 : 10;
  private static final int AT_ONCE = 16;

  /** Kilobytes that heap and allocator may still take after the first half. */
  private static final long SLACK = 16 * 1024;

  @TempDir private Path models;

  @Test
  void answers_and_loads_leave_nothing_behind() throws Exception {
    // Given
    ChainModel.write(models.resolve("chain.gguf"));
    try (EngineChild engine = EngineChild.start(EngineOptions.defaults(models))) {
      load(engine, LOADS / 2);
      answer(engine, ANSWERS / 2);
      long before = residentKilobytes(engine);

      // When
      load(engine, LOADS / 2);
      answer(engine, ANSWERS / 2);
      long after = residentKilobytes(engine);

      // Then
      assertThat(after).as("from %d kB", before).isLessThan(before + SLACK);
    }
  }

  private static void answer(EngineChild engine, int count) {
    List<String> prompts = ChainModel.prompts(AT_ONCE);
    for (int done = 0; done < count; done += AT_ONCE) {
      List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
      for (String prompt : prompts) {
        asked.add(engine.postLater("/api/generate", ask(prompt).put("stream", false)));
      }
      for (int i = 0; i < AT_ONCE; i++) {
        assertThat(new JsonObject(asked.get(i).join().body()).getString("response"))
            .isEqualTo(ChainModel.after(prompts.get(i)));
      }
    }
  }

  private static void load(EngineChild engine, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(
              engine
                  .answer("/api/generate", ask("nine").put("keep_alive", 0))
                  .getString("response"))
          .isEqualTo(" ten birds sing");
    }
  }

  private static JsonObject ask(String prompt) {
    return new JsonObject()
        .put("model", "chain")
        .put("prompt", prompt)
        .put("options", new JsonObject().put("temperature", 0));
  }

  private static long residentKilobytes(EngineChild engine) throws IOException {
    Path status = Path.of("/proc", String.valueOf(engine.process().pid()), "status");
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
