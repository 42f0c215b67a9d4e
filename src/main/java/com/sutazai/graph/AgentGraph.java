package com.sutazai.graph;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An agent, its newest tasks of the caller, and what these are linked with.
 *
 * @param tasks its tasks, newest first, and those that led to them or that they led to
 * @param links between two tasks, ordered by their ids
 * @param partners other agents whose tasks are linked with its own, by name
 * @param complete whether these are all of its tasks and links
 * @param store what was asked: {@code postgresql} or {@code neo4j}
 */
@RegisterForReflection
@JsonInclude
record AgentGraph(
    Agent agent,
    List<Task> tasks,
    List<Link> links,
    List<Partner> partners,
    boolean complete,
    String store) {
  private static final int LINKS_A_TASK = 100;

  static final String POSTGRESQL = "postgresql";
  static final String NEO4J = "neo4j";

  AgentGraph {
    tasks = List.copyOf(tasks);
    links = List.copyOf(links);
    partners = List.copyOf(partners);
  }

  /** From what a store has; the partners follow from that. */
  static AgentGraph of(
      Agent agent, List<Task> tasks, List<Link> links, boolean complete, String store) {
    List<Task> newestFirst =
        tasks.stream().sorted(Comparator.comparing(Task::text).reversed()).toList();
    List<Link> inOrder =
        links.stream()
            .sorted(
                Comparator.comparing((Link link) -> link.from().toString())
                    .thenComparing(link -> link.to().toString()))
            .toList();
    return new AgentGraph(
        agent, newestFirst, inOrder, partners(agent, newestFirst, inOrder), complete, store);
  }

  private static List<Partner> partners(Agent agent, List<Task> tasks, List<Link> links) {
    Map<UUID, Task> byId = new HashMap<>();
    tasks.forEach(task -> byId.put(task.id(), task));
    Map<UUID, Partner> partners = new HashMap<>();
    for (Link link : links) {
      count(partners, agent, byId.get(link.to()), 1, 0);
      count(partners, agent, byId.get(link.from()), 0, 1);
    }
    List<Partner> sorted = new ArrayList<>(partners.values());
    sorted.sort(
        Comparator.comparing((Partner partner) -> String.valueOf(partner.name()))
            .thenComparing(partner -> partner.id().toString()));
    return sorted;
  }

  private static void count(
      Map<UUID, Partner> partners, Agent agent, @Nullable Task other, int asked, int askedBy) {
    UUID id = other == null ? null : other.agentId();
    if (other == null || id == null || id.equals(agent.id())) {
      return;
    }
    partners.merge(id, new Partner(id, other.agent(), asked, askedBy), Partner::plus);
  }

  /** Which agent. */
  @RegisterForReflection
  @JsonInclude
  @Schema(name = "GraphAgent")
  record Agent(UUID id, String name, String type, String status) {}

  /**
   * One task.
   *
   * @param agentId who has it, if that is known and the agent is still there
   * @param agent its agent's name, which stays when the agent goes
   */
  @RegisterForReflection
  @JsonInclude
  @Schema(name = "GraphTask")
  record Task(
      UUID id,
      String type,
      String status,
      @Nullable UUID agentId,
      @Nullable String agent,
      Instant createdAt,
      @Nullable Instant completedAt) {
    /** Its id as the stores sort it. */
    String text() {
      return id.toString();
    }
  }

  /**
   * Two tasks.
   *
   * @param kind {@code submitted} when the work on one made the other, {@code awaited} when the
   *     other waited for it
   */
  @RegisterForReflection
  @JsonInclude
  record Link(UUID from, UUID to, String kind) {}

  /**
   * Another agent.
   *
   * @param asked links from the agent's tasks to its own
   * @param askedBy links from its tasks to the agent's
   */
  @RegisterForReflection
  @JsonInclude
  record Partner(UUID id, @Nullable String name, int asked, int askedBy) {
    Partner plus(Partner more) {
      String known = more.name;
      String least = name == null || known != null && known.compareTo(name) < 0 ? known : name;
      return new Partner(id, least, asked + more.asked, askedBy + more.askedBy);
    }
  }

  /**
   * Which graph is wanted.
   *
   * @param owner whose tasks
   * @param limit tasks of the agent at most
   */
  record Wanted(UUID owner, UUID agent, int limit) {
    /** Links at most: any number of tasks may have waited for one. */
    int mostLinks() {
      return limit * LINKS_A_TASK;
    }
  }
}
