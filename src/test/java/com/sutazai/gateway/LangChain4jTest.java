package com.sutazai.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** LangChain4j, unchanged, at both doors. */
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class LangChain4jTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final ChatRequest WEATHER =
      ChatRequest.builder()
          .messages(UserMessage.from("weather?"))
          .toolSpecifications(
              ToolSpecification.builder()
                  .name("weather")
                  .description("Tells the weather")
                  .parameters(JsonObjectSchema.builder().addStringProperty("city").build())
                  .build())
          .build();

  private final FakeModelServer fake = ModelServer.fake();

  @BeforeEach
  void serverIsWell() {
    ClientScript.arm(fake);
  }

  @ParameterizedTest
  @EnumSource
  void models_are_listed(LangChain4jDoor door) {
    assertThat(door.models()).contains(ClientScript.MODEL);
  }

  @ParameterizedTest
  @EnumSource
  void a_prompt_is_completed(LangChain4jDoor door) {
    assertThat(door.language().generate("hi").content()).isEqualTo(ClientScript.ANSWER);
  }

  @ParameterizedTest
  @EnumSource
  void a_chat_is_answered_with_its_usage(LangChain4jDoor door) {
    // When
    ChatResponse response = door.chat(ClientScript.MODEL).chat(UserMessage.from("hi"));

    // Then
    assertThat(response.aiMessage().text()).isEqualTo(ClientScript.ANSWER);
    assertThat(response.tokenUsage().totalTokenCount()).isEqualTo(9);
  }

  @ParameterizedTest
  @EnumSource
  void the_pieces_of_a_stream_are_the_answer(LangChain4jDoor door) throws Exception {
    // Given
    Listener listener = new Listener(false);

    // When
    door.streaming(ClientScript.MODEL).chat("hi", listener);

    // Then
    assertThat(listener.end().aiMessage().text()).isEqualTo(ClientScript.ANSWER);
    assertThat(String.join("", listener.pieces)).isEqualTo(ClientScript.ANSWER);
    assertThat(listener.pieces).hasSizeGreaterThan(1);
  }

  @ParameterizedTest
  @EnumSource
  void cancelling_a_stream_stops_the_model(LangChain4jDoor door) {
    // When
    door.streaming(ClientScript.MODEL).chat(ClientScript.ENDLESS, new Listener(true));

    // Then
    await().atMost(BOUND).until(() -> fake.abandoned() == 1);
  }

  @ParameterizedTest
  @EnumSource
  void texts_are_embedded_one_or_several(LangChain4jDoor door) {
    // When
    float[] one = door.embeddings().embed("four").content().vector();
    List<Float> several =
        door
            .embeddings()
            .embedAll(List.of(TextSegment.from("a"), TextSegment.from("bb")))
            .content()
            .stream()
            .map(each -> each.vector()[0])
            .toList();

    // Then
    assertThat(one).containsExactly(4f, 0.5f, -0.25f);
    assertThat(several).containsExactly(1f, 2f);
  }

  @ParameterizedTest
  @EnumSource
  void a_tool_is_called(LangChain4jDoor door) {
    // When
    ChatResponse response = door.chat(ClientScript.MODEL).chat(WEATHER);

    // Then
    assertThat(response.aiMessage().toolExecutionRequests())
        .singleElement()
        .satisfies(LangChain4jTest::asksTheWeather);
  }

  @ParameterizedTest
  @EnumSource
  void a_tool_is_called_in_a_stream(LangChain4jDoor door) throws Exception {
    // Given
    Listener listener = new Listener(false);

    // When
    door.streaming(ClientScript.MODEL).chat(WEATHER, listener);

    // Then
    assertThat(listener.end().aiMessage().toolExecutionRequests())
        .singleElement()
        .satisfies(LangChain4jTest::asksTheWeather);
  }

  private static void asksTheWeather(ToolExecutionRequest call) {
    assertThat(call.name()).isEqualTo("weather");
    assertThat(new JsonObject(call.arguments()))
        .isEqualTo(new JsonObject().put("city", ClientScript.CITY));
  }

  @ParameterizedTest
  @EnumSource
  void an_unknown_model_is_not_found(LangChain4jDoor door) {
    assertThatThrownBy(() -> door.chat("no-such-model").chat("hi"))
        .isInstanceOf(ModelNotFoundException.class)
        .hasMessageContaining("no-such-model")
        .rootCause()
        .isInstanceOfSatisfying(
            HttpException.class, e -> assertThat(e.statusCode()).isEqualTo(404));
  }

  @ParameterizedTest
  @EnumSource
  void an_unknown_model_is_not_found_by_a_stream(LangChain4jDoor door) {
    // Given
    Listener listener = new Listener(false);

    // When
    door.streaming("no-such-model").chat("hi", listener);

    // Then
    assertThatThrownBy(listener::end).cause().isInstanceOf(ModelNotFoundException.class);
  }

  /** Hears a stream to its end, or leaves at the first piece. */
  private static final class Listener implements StreamingChatResponseHandler {
    private final Queue<String> pieces = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
    private final boolean leaves;

    Listener(boolean leaves) {
      this.leaves = leaves;
    }

    @Override
    public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
      pieces.add(piece.text());
      if (leaves) {
        context.streamingHandle().cancel();
      }
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      whole.complete(response);
    }

    @Override
    public void onError(Throwable failure) {
      whole.completeExceptionally(failure);
    }

    ChatResponse end() throws Exception {
      return whole.get(BOUND.toSeconds(), TimeUnit.SECONDS);
    }
  }
}
