package com.sutazai.agents;

import com.sutazai.platform.caller.Scope;
import io.quarkus.arc.All;
import io.quarkus.arc.InstanceHandle;
import jakarta.enterprise.inject.Any;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The agents that are annotated classes. */
@Singleton
class DeclaredAgents {
  private final List<BuiltInAgent> agents;

  DeclaredAgents(@All @Any List<InstanceHandle<AgentWork>> all) {
    agents = all.stream().flatMap(DeclaredAgents::declared).toList();
  }

  List<BuiltInAgent> agents() {
    return agents;
  }

  /** None where the bean carries no annotation: it says itself what it is. */
  private static Stream<BuiltInAgent> declared(InstanceHandle<AgentWork> handle) {
    return handle.getBean().getQualifiers().stream()
        .filter(TaskAgent.class::isInstance)
        .map(TaskAgent.class::cast)
        .map(as -> declared(as, handle.get()));
  }

  private static BuiltInAgent declared(TaskAgent as, AgentWork work) {
    return new Declared(
        as.name(),
        as.type(),
        List.of(as.capabilities()),
        Set.of(as.taskTypes()),
        Set.of(as.adminTaskTypes()),
        Set.of(as.scopes()),
        as.concurrency() == TaskAgent.BY_PROCESSORS
            ? Math.max(2, Runtime.getRuntime().availableProcessors())
            : as.concurrency(),
        work);
  }

  private record Declared(
      String name,
      String type,
      List<String> capabilities,
      Set<String> taskTypes,
      Set<String> adminTaskTypes,
      Set<Scope> scopes,
      int concurrency,
      AgentWork work)
      implements BuiltInAgent {
    @Override
    public Set<Scope> scopes(String taskType) {
      return scopes;
    }

    @Override
    public AgentAnswer run(AgentCall call) throws InterruptedException {
      return work.run(call);
    }
  }
}
