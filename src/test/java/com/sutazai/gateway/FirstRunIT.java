package com.sutazai.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.testing.Product;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program in an empty folder, with nothing set and nothing beside it. */
class FirstRunIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PROMPT = "{\"prompt\":\"Why is the sky blue?\"}";
  private static final String BEGINNING = "This is the demonstration model of SutazAI.";
  private static final int OLLAMA = 11_434;

  @TempDir Path data;

  @Test
  void a_first_question_is_answered_in_a_stream_and_again_from_the_cache() throws Exception {
    assumeTrue(nobodyListens(), "an Ollama server runs here, so the engine inside does not");
    try (Product product = Product.up(data, Map.of("SUTAZAI_INFERENCE_ENGINE_ENABLED", "auto"))) {
      // When
      HttpResponse<String> streamed = product.post("/generate/stream", PROMPT);
      JsonNode whole = JSON.readTree(product.post("/generate", PROMPT).body());
      JsonNode again = JSON.readTree(product.post("/generate", PROMPT).body());

      // Then
      List<String> pieces = ModelDoor.NATIVE.pieces(streamed.body());
      assertThat(pieces).as(streamed.body()).hasSizeGreaterThan(50);
      assertThat(String.join("", pieces)).startsWith(BEGINNING).endsWith("Have fun!");
      assertThat(streamed.body()).contains("\"model\":\"demo\"").endsWith("data: [DONE]\n\n");
      assertThat(whole.path("generated").asText()).isEqualTo(String.join("", pieces));
      assertThat(again.path("model").asText()).isEqualTo("demo");
      assertThat(again.path("cached").asBoolean()).isTrue();
      assertThat(product.post("/api/chat", "{\"model\":\"llama3\",\"messages\":[]}").statusCode())
          .isEqualTo(404);
    }
  }

  private static boolean nobodyListens() {
    try (ServerSocket socket = new ServerSocket(OLLAMA, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
