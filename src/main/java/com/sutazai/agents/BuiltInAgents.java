package com.sutazai.agents;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toUnmodifiableSet;

import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.sql.Database;
import com.sutazai.resources.Allowance;
import com.sutazai.resources.Ledger;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The agents of this process: their rows, what they run now, and who takes the next task. */
@ApplicationScoped
public class BuiltInAgents {
  /** The agent whose config says how agents are chosen. */
  public static final String COORDINATOR = "task-assignment-coordinator";

  private static final Duration REFRESHED = Duration.ofSeconds(5);

  private final List<BuiltInAgent> agents;
  private final Set<String> taskTypes;
  private final Set<String> adminTaskTypes;
  private final Set<String> reservedTaskTypes;
  private final Map<String, Set<Scope>> scopes = new HashMap<>();
  private final AgentRepository repository;
  private final Database database;
  private final Ids ids;
  private final InstantSource clock;
  private final Ledger ledger;
  private final Map<UUID, Desk> desks = new ConcurrentHashMap<>();

  /** Those of all agents by task type, active or not; every task asks. */
  private final Map<String, List<Desk>> byType = new ConcurrentHashMap<>();

  private final Selection selection = new Selection();
  private @Nullable Loop refresher;

  BuiltInAgents(
      @All List<BuiltInAgent> computed,
      DeclaredAgents declared,
      AgentRepository repository,
      Database database,
      Ids ids,
      InstantSource clock,
      Ledger ledger) {
    agents = Stream.concat(computed.stream(), declared.agents().stream()).toList();
    requireOwnNames(agents);
    adminTaskTypes = types(agents.stream(), BuiltInAgent::adminTaskTypes);
    reservedTaskTypes =
        types(agents.stream().filter(BuiltInAgent::reserved), BuiltInAgent::taskTypes);
    taskTypes = types(agents.stream(), BuiltInAgent::taskTypes);
    taskTypes.forEach(type -> scopes.put(type, scopesOf(type)));
    this.repository = repository;
    this.database = database;
    this.ids = ids;
    this.clock = clock;
    this.ledger = ledger;
  }

  private static Set<String> types(
      Stream<BuiltInAgent> agents, Function<BuiltInAgent, Set<String>> of) {
    return agents.flatMap(agent -> of.apply(agent).stream()).collect(toUnmodifiableSet());
  }

  private Set<Scope> scopesOf(String taskType) {
    List<BuiltInAgent> able =
        agents.stream().filter(agent -> agent.taskTypes().contains(taskType)).toList();
    Stream<Scope> needed =
        able.stream().anyMatch(BuiltInAgent::handsOn)
            ? agents.stream()
                .flatMap(
                    agent ->
                        agent.taskTypes().stream().flatMap(type -> agent.scopes(type).stream()))
            : able.stream().flatMap(agent -> agent.scopes(taskType).stream());
    return Collections.unmodifiableSet(
        needed.collect(toCollection(() -> EnumSet.noneOf(Scope.class))));
  }

  private static void requireOwnNames(List<BuiltInAgent> agents) {
    Set<String> names = new HashSet<>();
    for (BuiltInAgent agent : agents) {
      if (!names.add(agent.name())) {
        throw new IllegalStateException("There are two built-in agents named " + agent.name());
      }
    }
  }

  /**
   * A built-in agent at work: its row's id, whether it takes tasks, and what it has in hand. A
   * quick agent is given more than it runs at once, so that a claim fetches many; how many more
   * follows from how long its tasks took, so that none waits here for long while another process is
   * idle.
   */
  public static final class Desk implements Candidate {
    private static final int MOST_AHEAD = 450;
    private static final long LONGEST_AHEAD_NANOS = 50_000_000;

    /** Weight of the newest run in the moving average. */
    private static final double NEWEST = 0.05;

    private final UUID id;
    private final BuiltInAgent agent;
    private final Allowance allowance;
    private final Semaphore seats;
    private final AtomicInteger taken = new AtomicInteger();
    private final RecentRuns recent = new RecentRuns(System::nanoTime);
    private long version;
    private volatile boolean active;
    private volatile int priority = BuiltInConfig.MIDDLE_PRIORITY;
    private volatile double meanRunNanos = Double.MAX_VALUE;

    Desk(UUID id, BuiltInAgent agent, Allowance allowance) {
      this.id = id;
      this.agent = agent;
      this.allowance = allowance;
      seats = new Semaphore(agent.concurrency());
    }

    @Override
    public UUID id() {
      return id;
    }

    public BuiltInAgent agent() {
      return agent;
    }

    /** Counts how one run went. */
    public void ended(Duration ran, boolean completed) {
      recent.add(ran, completed);
    }

    /** What is done with a task in the agent's hands. */
    public interface Run<T> {
      T run() throws InterruptedException;
    }

    /**
     * Runs the work as soon as the agent has a free seat; to be called once for each task taken.
     */
    public <T> T run(Run<T> work) throws InterruptedException {
      try {
        seats.acquire();
        long start = System.nanoTime();
        try {
          return work.run();
        } finally {
          ran(System.nanoTime() - start);
          seats.release();
        }
      } finally {
        leave();
      }
    }

    /** An update lost between two runs that end at once does not matter to an average. */
    private void ran(long nanos) {
      double mean = meanRunNanos;
      meanRunNanos = mean == Double.MAX_VALUE ? nanos : mean + NEWEST * (nanos - mean);
    }

    /**
     * What others could use is not held by tasks that wait for a seat, nor the workers that those
     * need which the agent hands tasks on to.
     */
    private int most() {
      if (!allowance.isFree() || agent.handsOn()) {
        return agent.concurrency();
      }
      double ahead = agent.concurrency() * (LONGEST_AHEAD_NANOS / meanRunNanos);
      return agent.concurrency() + (int) Math.min(MOST_AHEAD, ahead);
    }

    private int room() {
      int free = active ? Math.max(0, most() - taken.get()) : 0;
      return free == 0 ? 0 : Math.min(free, allowance.room());
    }

    private boolean sit() {
      if (taken.incrementAndGet() <= most() && allowance.tryTake()) {
        return true;
      }
      taken.decrementAndGet();
      return false;
    }

    /** Takes a task back that is not to be run after all; instead of {@link #run}. */
    public void leave() {
      allowance.giveBack();
      taken.decrementAndGet();
    }

    @Override
    public double load() {
      return (double) taken.get() / agent.concurrency();
    }

    @Override
    public int breadth() {
      return agent.capabilities().size();
    }

    @Override
    public int priority() {
      return priority;
    }

    @Override
    public RecentRuns.Summary recent() {
      return recent.summary();
    }

    boolean isActive() {
      return active;
    }

    private boolean serves(List<String> capabilities, @Nullable UUID onlyAgent) {
      return active
          && (agent.runsForOthers()
              || ((onlyAgent == null || id.equals(onlyAgent))
                  && agent.capabilities().containsAll(capabilities)));
    }
  }

  void register(@Observes @Priority(100) StartupEvent event) {
    for (BuiltInAgent agent : agents) {
      var row = repository.registerBuiltIn(database, ids.next(), agent, clock.instant());
      UUID id = row.getUUID("id");
      Desk desk = new Desk(id, agent, ledger.allowance(agent.name(), agent.needs()));
      desks.put(id, desk);
      agent
          .taskTypes()
          .forEach(
              type -> byType.computeIfAbsent(type, t -> new CopyOnWriteArrayList<>()).add(desk));
      changed(id, row.getLong("version"), row.getString("status"), row.getString("config"));
    }
    refresher = Loop.start("built-in-agents", this::refresh);
  }

  void stop(@Observes ShutdownEvent event) {
    if (refresher != null) {
      refresher.stop();
    }
  }

  /** What another process changed counts here within five seconds. */
  private void refresh() throws InterruptedException {
    Thread.sleep(REFRESHED);
    repository
        .builtIns(database)
        .forEach(
            row ->
                changed(
                    row.getUUID("id"),
                    row.getLong("version"),
                    row.getString("status"),
                    row.getString("config")));
  }

  /** Every task type that some agent of this process runs. */
  public Set<String> taskTypes() {
    return taskTypes;
  }

  Set<String> taskTypes(UUID agent) {
    Desk desk = desks.get(agent);
    return desk == null ? Set.of() : desk.agent.taskTypes();
  }

  /** Whether only the program itself may leave tasks of the type. */
  public boolean isReserved(String taskType) {
    return reservedTaskTypes.contains(taskType);
  }

  /** Whether only an admin may leave tasks of the type. */
  public boolean isForAdmins(String taskType) {
    return adminTaskTypes.contains(taskType);
  }

  /**
   * What a caller must be allowed to do, beside leaving tasks, to have a task of the type run; none
   * where no agent of this process runs it.
   */
  public Set<Scope> scopes(String taskType) {
    return scopes.getOrDefault(taskType, Set.of());
  }

  /** How many more tasks of each type the agents of this process can take now. */
  public Map<String, Integer> room() {
    Map<String, Integer> room = new HashMap<>();
    byType.forEach((type, able) -> room.put(type, able.stream().mapToInt(Desk::room).sum()));
    return room;
  }

  /** The agent that will run such a task, when there is only one that can. */
  public Optional<Desk> only(String taskType, List<String> capabilities) {
    List<Desk> able = able(taskType, capabilities, null);
    return able.size() == 1 ? Optional.of(able.getFirst()) : Optional.empty();
  }

  /** Type of an agent of this process that runs such tasks; empty when none does. */
  public Optional<String> typeOf(String taskType) {
    return agents.stream()
        .filter(agent -> agent.taskTypes().contains(taskType))
        .map(BuiltInAgent::type)
        .findFirst();
  }

  /** Whether any active agent could take such a task, busy or not. */
  public boolean canServe(String taskType, List<String> capabilities, @Nullable UUID onlyAgent) {
    return ofType(taskType).stream().anyMatch(desk -> desk.serves(capabilities, onlyAgent));
  }

  /**
   * Gives the task to one of the agents that serve it, chosen by the {@link Strategy} in force;
   * empty when all are busy or inactive.
   *
   * @param triedTask the task if it was tried before: where it failed is asked last
   */
  public Optional<Desk> take(
      String taskType,
      List<String> capabilities,
      @Nullable UUID onlyAgent,
      @Nullable UUID triedTask) {
    return selection.order(able(taskType, capabilities, onlyAgent), taskType, triedTask).stream()
        .filter(Desk::sit)
        .findFirst();
  }

  /** The active agents of this process that serve such a task, busy or not. */
  public List<Desk> able(String taskType, List<String> capabilities, @Nullable UUID onlyAgent) {
    return ofType(taskType).stream().filter(desk -> desk.serves(capabilities, onlyAgent)).toList();
  }

  private List<Desk> ofType(String taskType) {
    return byType.getOrDefault(taskType, List.of());
  }

  /** Says that the task failed there and is to be tried again, elsewhere if anywhere. */
  public void tryElsewhere(UUID task, Desk desk) {
    selection.failed(task, desk.id);
  }

  /** Applies what the agent's row says, unless it was read before a change that counts already. */
  synchronized void changed(UUID id, long version, String status, String config) {
    Desk desk = desks.get(id);
    if (desk == null || version < desk.version) {
      return;
    }
    BuiltInConfig read = BuiltInConfig.read(config);
    desk.version = version;
    desk.active = status.equals("active");
    desk.priority = read.priority();
    if (desk.agent.name().equals(COORDINATOR)) {
      selection.use(read.strategy());
    }
  }

  /** How the next agent is chosen. */
  public Strategy strategy() {
    return selection.strategy();
  }

  /** Id of the agent whose config says so. */
  UUID coordinator() {
    return desks.values().stream()
        .filter(desk -> desk.agent.name().equals(COORDINATOR))
        .map(Desk::id)
        .findFirst()
        .orElseThrow();
  }

  /** The agents of this process in the order of their names. */
  List<Desk> desks() {
    return desks.values().stream().sorted(Comparator.comparing(desk -> desk.agent.name())).toList();
  }

  Agent.@Nullable Load load(UUID id) {
    Desk desk = desks.get(id);
    return desk == null
        ? null
        : new Agent.Load(
            desk.agent.concurrency() - desk.seats.availablePermits(), desk.agent.concurrency());
  }
}
