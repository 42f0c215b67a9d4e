package com.sutazai.agents;

import static com.sutazai.platform.sql.SqlValues.time;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.platform.sql.Storage;
import com.sutazai.queue.Job;
import com.sutazai.queue.JobProgress;
import com.sutazai.queue.JobProgress.Report;
import com.sutazai.queue.Jobs;
import com.sutazai.queue.Lease;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Agents that run outside of this program: they register, report that they live, and renew the
 * leases of what they work on. Whoever is silent for too long is offline until it is heard again.
 */
@ApplicationScoped
public class Workers {
  private static final Duration SWEEP = Duration.ofSeconds(10);
  private static final int MOST_RUNNING = 1000;

  /** By so much a sum of shares may be above 1. */
  private static final double ROUNDED = 1e-6;

  private static final Statement REGISTER =
      Statement.of(
          "agents.register_worker",
          """
      INSERT INTO agents (id, owner_id, name, type, status, capabilities, max_running, last_seen, created_at, updated_at,
                          any_owner)
      VALUES ($1, $2, $3, $4, 'active', $5, $6, now(), $7, $7, $8)
      ON CONFLICT (owner_id, name) DO UPDATE
      SET type = excluded.type, status = 'active', capabilities = excluded.capabilities,
          max_running = excluded.max_running, any_owner = excluded.any_owner, last_seen = now(), updated_at = excluded.updated_at,
          version = agents.version + 1
      WHERE NOT agents.built_in AND (agents.last_seen IS NOT NULL OR agents.type <> $9)
      RETURNING id
      """);

  // FOR UPDATE: the status before is the one that this statement changes.
  private static final Statement SEEN =
      Statement.of(
          "agents.seen",
          """
      WITH was AS (
        SELECT id, status, coalesce($3, CASE status WHEN 'offline' THEN 'active' ELSE status END) AS said
        FROM agents
        WHERE owner_id = $1 AND name = $2 AND last_seen IS NOT NULL
        FOR UPDATE)
      UPDATE agents
      SET last_seen = now(), status = was.said, version = version + CASE WHEN was.said = was.status THEN 0 ELSE 1 END
      FROM was
      WHERE agents.id = was.id
      RETURNING agents.id, name, agents.status, capabilities, max_running, any_owner,
        was.said <> was.status AS changed
      """);

  private static final Statement SILENT =
      Statement.of(
          "agents.silent",
          """
      UPDATE agents
      SET status = 'offline', version = version + 1
      WHERE $2 AND status = 'active' AND last_seen < now() - $1 * interval '1 second'
      """);

  private static final Statement SERVE =
      Statement.of(
          "agents.serve",
          """
      SELECT EXISTS (
        SELECT FROM agents
        WHERE owner_id = $1 AND last_seen IS NOT NULL AND status = 'active'
          AND (type = $2 OR $2 = ANY (capabilities)) AND capabilities @> $3::text[]
          AND ($4::uuid IS NULL OR id = $4)) OR EXISTS (
        SELECT FROM agents
        WHERE any_owner AND status = 'active' AND (type = $2 OR $2 = ANY (capabilities)) AND capabilities @> $3::text[]
          AND ($4::uuid IS NULL OR id = $4)) AS served
      """);

  private static final Statement CANCELLED =
      Statement.of(
          "tasks.cancelled",
          "SELECT id FROM tasks WHERE id = ANY ($1) AND (owner_id = $2 OR $3) AND status = 'cancelled'");

  private final Database database;
  private final KnownAgents known;
  private final Jobs jobs;
  private final JobProgress jobProgress;
  private final AgentsConfig config;
  private final Storage storage;
  private final Ids ids;
  private final InstantSource clock;
  private final Duration look;
  private final Reach reach;
  private @Nullable Loop loop;

  Workers(
      Database database,
      KnownAgents known,
      Jobs jobs,
      JobProgress jobProgress,
      AgentsConfig config,
      Storage storage,
      Ids ids,
      InstantSource clock) {
    this.database = database;
    this.known = known;
    this.jobs = jobs;
    this.jobProgress = jobProgress;
    this.config = config;
    this.storage = storage;
    this.ids = ids;
    this.clock = clock;
    look = min(SWEEP, config.silentAfter());
    reach = new Reach(config.silentAfter(), look.multipliedBy(3));
  }

  /**
   * What a worker says of itself.
   *
   * @param agentType the task type that it runs; those named in {@code capabilities} it runs too
   * @param maxConcurrent tasks that it takes at once; 1 by default
   * @param allOwners whether it takes the tasks of all owners, for which it needs {@code
   *     tasks:work-any}; by default those of its own
   */
  @RegisterForReflection
  record Registration(
      @Nullable String agentName,
      @Nullable String agentType,
      @Nullable List<String> capabilities,
      @Nullable Integer maxConcurrent,
      @Nullable Boolean allOwners) {}

  /**
   * A sign of life.
   *
   * @param status {@code active} or {@code inactive}; unset: as it was
   * @param leases of the tasks in its hands
   * @param progress of some of those; a lease that is named here is renewed too
   */
  @RegisterForReflection
  record Heartbeat(
      @Nullable String agentName,
      @Nullable String status,
      @Nullable List<String> leases,
      @Nullable List<LeaseProgress> progress) {}

  /**
   * How far a worker is with a task in its hands.
   *
   * @param fraction 0 to 1
   * @param message of which the first 500 characters are kept
   */
  @RegisterForReflection
  record LeaseProgress(
      @Nullable String lease, @Nullable Double fraction, @Nullable String message) {}

  /**
   * What became of leases that were not renewed.
   *
   * @param cancelled the task was cancelled: stop working on it
   * @param lost another worker may have it, or its time is over: stop working on it
   */
  @RegisterForReflection
  record Renewal(List<String> cancelled, List<String> lost) {}

  /**
   * A worker that has just been heard.
   *
   * @param anyOwner whether it takes the tasks of all owners
   */
  public record Worker(
      UUID id,
      String name,
      String status,
      List<String> capabilities,
      int maxRunning,
      boolean anyOwner) {}

  UUID register(Caller caller, Registration ask) {
    storage.requireRoom();
    boolean anyOwner = Boolean.TRUE.equals(ask.allOwners());
    if (anyOwner) {
      caller.require(Scope.TASKS_WORK_ANY);
    }
    String name = Check.text("agent_name", ask.agentName(), 255);
    String type = Check.text("agent_type", ask.agentType(), 100);
    if (type.equals(PromptAgents.TYPE)) {
      throw ProblemException.invalid(
          "agent_type", "must not be " + type + ": those agents are made by POST /api/agents");
    }
    var row =
        database.query(
            REGISTER,
            ids.next(),
            caller.owner(),
            name,
            type,
            Check.words("capabilities", ask.capabilities()).toArray(String[]::new),
            Check.range("max_concurrent", ask.maxConcurrent(), 1, MOST_RUNNING, 1),
            time(clock.instant()),
            anyOwner,
            PromptAgents.TYPE);
    if (row.isEmpty()) {
      throw new ProblemException(
          ErrorCode.CONFLICT, "There is already an agent named " + name + "; choose another name.");
    }
    UUID id = row.getFirst().getUUID("id");
    known.changed(caller, id);
    return id;
  }

  /** Notes that the worker lives; 404 when it has not registered. */
  public Worker seen(Caller caller, @Nullable String name) {
    return seen(caller, name, null);
  }

  private Worker seen(Caller caller, @Nullable String name, @Nullable String status) {
    String named = Check.text("agent_name", name, 255);
    var row =
        database.query(SEEN, caller.owner(), named, status).stream()
            .findFirst()
            .orElseThrow(
                () ->
                    new ProblemException(
                        ErrorCode.NOT_FOUND,
                        "No worker named "
                            + named
                            + " has registered: POST /api/agents/register."));
    if (row.getBoolean("changed")) {
      known.changed(caller, row.getUUID("id"));
    }
    return new Worker(
        row.getUUID("id"),
        row.getString("name"),
        row.getString("status"),
        List.of(row.getArrayOfStrings("capabilities")),
        row.getInteger("max_running"),
        row.getBoolean("any_owner") && caller.may(Scope.TASKS_WORK_ANY));
  }

  Renewal heartbeat(Caller caller, Heartbeat beat) {
    if (beat.status() != null && !Set.of("active", "inactive").contains(beat.status())) {
      throw ProblemException.invalid("status", "must be active or inactive");
    }
    List<String> named = beat.leases() == null ? List.of() : beat.leases();
    if (named.size() > MOST_RUNNING || named.stream().anyMatch(Objects::isNull)) {
      throw ProblemException.invalid("leases", "must be at most " + MOST_RUNNING + " leases");
    }
    List<LeaseProgress> progress = beat.progress() == null ? List.of() : beat.progress();
    Map<Lease, LeaseProgress> said = said(progress);
    List<Lease> leases =
        Stream.concat(
                named.stream().map(text -> Lease.parse("leases", text)), said.keySet().stream())
            .distinct()
            .toList();
    Worker worker = seen(caller, beat.agentName(), beat.status());
    if (leases.isEmpty()) {
      return new Renewal(List.of(), List.of());
    }
    Set<UUID> renewed =
        jobs.renewFor(
            worker.id(),
            leases.stream().map(lease -> new Job(lease.taskId(), "", lease.id())).toList(),
            config.workerLease());
    tell(progress, said, renewed);
    List<Lease> over = leases.stream().filter(lease -> !renewed.contains(lease.taskId())).toList();
    Set<UUID> cancelled =
        over.isEmpty()
            ? Set.of()
            : database
                .query(
                    CANCELLED,
                    over.stream().map(Lease::taskId).toArray(UUID[]::new),
                    caller.owner(),
                    worker.anyOwner())
                .stream()
                .map(row -> row.getUUID("id"))
                .collect(Collectors.toSet());
    return new Renewal(
        over.stream()
            .filter(lease -> cancelled.contains(lease.taskId()))
            .map(Lease::toString)
            .toList(),
        over.stream()
            .filter(lease -> !cancelled.contains(lease.taskId()))
            .map(Lease::toString)
            .toList());
  }

  private static Map<Lease, LeaseProgress> said(List<LeaseProgress> progress) {
    if (progress.size() > MOST_RUNNING) {
      throw ProblemException.invalid("progress", "must have at most " + MOST_RUNNING + " entries");
    }
    Map<Lease, LeaseProgress> said = new LinkedHashMap<>();
    for (int i = 0; i < progress.size(); i++) {
      String field = "progress[" + i + "]";
      LeaseProgress one = progress.get(i);
      if (one == null) {
        throw ProblemException.invalid(field, "must not be null");
      }
      Lease lease = Lease.parse(field + ".lease", Check.text(field + ".lease", one.lease(), 100));
      said.put(lease, one);
    }
    return said;
  }

  /**
   * Tells how far it is with the tasks that it holds, after its leases were renewed: a worker whose
   * words are wrong works on all the same.
   */
  private void tell(List<LeaseProgress> progress, Map<Lease, LeaseProgress> said, Set<UUID> held) {
    List<Report> reports = new ArrayList<>();
    said.forEach(
        (lease, one) -> {
          Double fraction = one.fraction();
          if (fraction != null && !(fraction >= 0 && fraction <= 1 + ROUNDED)) {
            throw ProblemException.invalid(
                "progress[" + progress.indexOf(one) + "].fraction",
                "must be between 0 and 1, is " + fraction);
          }
          if (held.contains(lease.taskId())) {
            String message = one.message();
            reports.add(
                Report.of(
                    new Job(lease.taskId(), "", lease.id()),
                    fraction,
                    message == null || message.isBlank() ? null : message));
          }
        });
    if (!reports.isEmpty()) {
      jobProgress.write(reports);
    }
  }

  /** Whether an active worker of the owner runs such tasks. */
  public boolean canServe(
      UUID owner, String taskType, List<String> capabilities, @Nullable UUID onlyAgent) {
    return database
        .query(SERVE, owner, taskType, capabilities.toArray(String[]::new), onlyAgent)
        .getFirst()
        .getBoolean("served");
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    loop = Loop.start("silent-workers", this::next);
  }

  void stop(@Observes @Priority(900) ShutdownEvent event) {
    if (loop != null) {
      loop.stop();
    }
  }

  /**
   * Whoever is silent is offline, once this process has been able to hear it for as long as that
   * takes: after an outage all are silent at first.
   */
  private void next() throws InterruptedException {
    Thread.sleep(look);
    try {
      boolean couldReport = reach.isLong(System.nanoTime());
      if (database.update(SILENT, config.silentAfter().toSeconds(), couldReport) > 0) {
        known.someChanged();
      }
      reach.reached(System.nanoTime());
    } catch (ProblemException unavailable) {
      reach.lost(); // the next look finds them
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
