package com.sutazai.agents;

import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import io.quarkus.arc.All;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The agents of this process: their rows, what they run now, and who takes the next task. */
@ApplicationScoped
public class BuiltInAgents {
  private final List<BuiltInAgent> agents;
  private final AgentRepository repository;
  private final Database database;
  private final Ids ids;
  private final InstantSource clock;
  private final Map<UUID, Desk> desks = new ConcurrentHashMap<>();

  BuiltInAgents(
      @All List<BuiltInAgent> agents,
      AgentRepository repository,
      Database database,
      Ids ids,
      InstantSource clock) {
    this.agents = agents;
    this.repository = repository;
    this.database = database;
    this.ids = ids;
    this.clock = clock;
  }

  /** A built-in agent at work: its row's id, whether it takes tasks, and what it has in hand. */
  public static final class Desk {
    private final UUID id;
    private final BuiltInAgent agent;
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean active;

    Desk(UUID id, BuiltInAgent agent, boolean active) {
      this.id = id;
      this.agent = agent;
      this.active = active;
    }

    public UUID id() {
      return id;
    }

    public BuiltInAgent agent() {
      return agent;
    }

    public void leave() {
      running.decrementAndGet();
    }

    private int freeSeats() {
      return active ? Math.max(0, agent.concurrency() - running.get()) : 0;
    }

    private boolean sit() {
      if (running.incrementAndGet() <= agent.concurrency()) {
        return true;
      }
      running.decrementAndGet();
      return false;
    }

    private double load() {
      return (double) running.get() / agent.concurrency();
    }

    private boolean serves(String taskType, List<String> capabilities) {
      return active
          && agent.taskTypes().contains(taskType)
          && agent.capabilities().containsAll(capabilities);
    }
  }

  void register(@Observes @Priority(100) StartupEvent event) {
    for (BuiltInAgent agent : agents) {
      var row = repository.registerBuiltIn(database, ids.next(), agent, clock.instant());
      UUID id = row.getUUID("id");
      desks.put(id, new Desk(id, agent, row.getString("status").equals("active")));
    }
  }

  /** Every task type that some agent of this process runs. */
  public Set<String> taskTypes() {
    Set<String> types = new HashSet<>();
    agents.forEach(agent -> types.addAll(agent.taskTypes()));
    return types;
  }

  /** How many more tasks of each type the agents of this process can take now. */
  public Map<String, Integer> room() {
    Map<String, Integer> room = new HashMap<>();
    desks
        .values()
        .forEach(
            desk ->
                desk.agent
                    .taskTypes()
                    .forEach(type -> room.merge(type, desk.freeSeats(), Integer::sum)));
    return room;
  }

  /** The agent that will run such a task, when there is only one that can. */
  public Optional<Desk> only(String taskType, List<String> capabilities) {
    List<Desk> able =
        desks.values().stream().filter(desk -> desk.serves(taskType, capabilities)).toList();
    return able.size() == 1 ? Optional.of(able.getFirst()) : Optional.empty();
  }

  /** Whether any active agent could take such a task, busy or not. */
  public boolean canServe(String taskType, List<String> capabilities, @Nullable UUID onlyAgent) {
    return desks.values().stream()
        .anyMatch(
            desk ->
                (onlyAgent == null || desk.id.equals(onlyAgent))
                    && desk.serves(taskType, capabilities));
  }

  /**
   * Takes a seat at the least loaded agent that serves the task; empty when all are busy or
   * inactive.
   */
  public Optional<Desk> take(String taskType, List<String> capabilities, @Nullable UUID onlyAgent) {
    return desks.values().stream()
        .filter(desk -> onlyAgent == null || desk.id.equals(onlyAgent))
        .filter(desk -> desk.serves(taskType, capabilities))
        .sorted(Comparator.comparingDouble(Desk::load))
        .filter(Desk::sit)
        .findFirst();
  }

  void statusChanged(UUID id, String status) {
    Desk desk = desks.get(id);
    if (desk != null) {
      desk.active = status.equals("active");
    }
  }

  Agent.@Nullable Load load(UUID id) {
    Desk desk = desks.get(id);
    return desk == null ? null : new Agent.Load(desk.running.get(), desk.agent.concurrency());
  }
}
