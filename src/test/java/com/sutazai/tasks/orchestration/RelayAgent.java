package com.sutazai.tasks.orchestration;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.BuiltInAgent;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;

/** Two agents that run {@code relay} tasks; what each does is in the payload under its name. */
abstract class RelayAgent implements BuiltInAgent {
  private final Semaphore held = new Semaphore(0);

  /** Lets so many held tasks go on. */
  void release(int tasks) {
    held.release(tasks);
  }

  @Override
  public String type() {
    return "test";
  }

  @Override
  public Set<String> taskTypes() {
    return Set.of("relay");
  }

  @Override
  public int concurrency() {
    return 2;
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    return switch (call.payload().path(name()).asText("done")) {
      case "fail" -> failed();
      case "fail_unless_released" -> held.tryAcquire() ? done(call) : failed();
      case "hold" -> {
        held.acquire();
        yield done(call);
      }
      default -> done(call);
    };
  }

  private AgentAnswer failed() {
    return new AgentAnswer.Failed("relay_failed", name() + " will not", true);
  }

  private AgentAnswer done(AgentCall call) {
    var result = JsonNodeFactory.instance.objectNode();
    result.put("by", name());
    result.set("echo", call.payload());
    return new AgentAnswer.Done(result);
  }

  @Singleton
  static class First extends RelayAgent {
    @Override
    public String name() {
      return "relay-first";
    }

    @Override
    public List<String> capabilities() {
      return List.of("relay", "first");
    }
  }

  @Singleton
  static class Second extends RelayAgent {
    @Override
    public String name() {
      return "relay-second";
    }

    @Override
    public List<String> capabilities() {
      return List.of("relay", "second", "spare");
    }
  }
}
