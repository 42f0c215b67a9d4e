package com.sutazai.gateway;

import static com.sutazai.testing.FakeModelServer.callTool;
import static com.sutazai.testing.FakeModelServer.endlessly;
import static com.sutazai.testing.FakeModelServer.say;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.FakeModelServer.Script;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** What the model server answers to a client under test, told by what it was asked. */
final class ClientScript {
  static final String MODEL = "tinyllama:latest";

  /** What it says when no tool is there, and it is not to be slow. */
  static final String ANSWER = "Hello world";

  /** A question whose answer has no end. */
  static final String ENDLESS = "Tell me slowly";

  /** The city that it asks the tool about. */
  static final String CITY = "Jena";

  private ClientScript() {}

  static void arm(FakeModelServer fake) {
    fake.reset();
    fake.otherwise(exchange -> to(exchange.body()).play(exchange));
  }

  private static Script to(JsonObject asked) {
    if (!asked.getJsonArray("tools", new JsonArray()).isEmpty()) {
      return callTool("weather", new JsonObject().put("city", CITY));
    }
    return asked.encode().contains(ENDLESS)
        ? endlessly(Duration.ofMillis(20))
        : say("Hello", " world");
  }
}
