package com.sutazai.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentRepository.AgentFilter;
import com.sutazai.agents.AgentRepository.AgentValues;
import com.sutazai.agents.AgentRepository.OwnedAgent;
import com.sutazai.cache.Cached;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.json.EntityTag;
import com.sutazai.platform.json.MergePatch;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Storage;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The agent registry: what callers may create, read, change and remove. */
@ApplicationScoped
public class Agents {
  private static final int MAX_CONFIG = 256 * 1024;
  private static final int TASKS_AT_ONCE = 5_000;
  private static final UUID BEFORE_ALL = new UUID(0, 0);
  private static final Set<String> STATUSES = Set.of("active", "inactive", "offline");
  private static final Set<String> FIELDS =
      Set.of("name", "type", "status", "capabilities", "config");

  private final Database database;
  private final AgentRepository repository;
  private final KnownAgents known;
  private final BuiltInAgents builtIns;
  private final PromptAgents prompts;
  private final Storage storage;
  private final Ids ids;
  private final InstantSource clock;
  private final ObjectMapper json;

  Agents(
      Database database,
      AgentRepository repository,
      KnownAgents known,
      BuiltInAgents builtIns,
      PromptAgents prompts,
      Storage storage,
      Ids ids,
      InstantSource clock,
      ObjectMapper json) {
    this.database = database;
    this.repository = repository;
    this.known = known;
    this.builtIns = builtIns;
    this.prompts = prompts;
    this.storage = storage;
    this.ids = ids;
    this.clock = clock;
    this.json = json;
  }

  /**
   * A page of agents.
   *
   * @param now whether none is wanted that was read before
   */
  Page<Agent> list(Caller caller, AgentFilter filter, int limit, boolean now)
      throws InterruptedException {
    if (filter.status() != null) {
      status(filter.status());
    }
    List<Agent> rows =
        known.list(caller, filter, limit + 1, now).stream().map(this::measured).toList();
    return Pages.of(rows, limit, Agent::id);
  }

  /** The agent as the database has it now, or 404 when there is none that the caller may see. */
  public Agent find(Caller caller, UUID id) {
    return measured(find(database, caller, id));
  }

  /** The agent of that name or id that the caller may see; its own before those of the system. */
  public Optional<Agent> findNamed(Caller caller, String nameOrId) {
    return repository.findNamed(database, caller, nameOrId);
  }

  /** Types of the tasks that a built-in agent of this process runs; empty for any other agent. */
  public Set<String> taskTypes(Agent agent) {
    return builtIns.taskTypes(agent.id());
  }

  /**
   * The agent as the database has it now, or 404; while that is away, as it was known here. A
   * built-in one, whose load is measured for each answer, may have been read before, unless {@code
   * now} says otherwise.
   */
  Cached<Agent> read(Caller caller, UUID id, boolean now) throws InterruptedException {
    Optional<Cached<Agent>> builtIn =
        now ? Optional.empty() : known.peek(caller, id).filter(found -> found.value().builtIn());
    Optional<Cached<Agent>> found = builtIn.isPresent() ? builtIn : known.find(caller, id, now);
    return found.orElseThrow(() -> ProblemException.notFound("agent", id)).map(this::measured);
  }

  Agent create(Caller caller, ObjectNode body) {
    storage.requireRoom();
    AgentValues values = values(body, new AgentValues("", "", "active", List.of(), "{}"));
    Agent created =
        repository
            .insert(database, caller, ids.next(), values, clock.instant())
            .orElseThrow(() -> nameTaken(values.name()));
    known.changed(caller, created.id());
    return created;
  }

  /** Applies an RFC 7396 merge patch. */
  Agent patch(Caller caller, UUID id, @Nullable String ifMatch, ObjectNode patch) {
    storage.requireRoom();
    Agent changed =
        database.transaction(
            sql -> {
              OwnedAgent owned = findOwned(sql, caller, id);
              Agent agent = owned.agent();
              requireMatch(agent, ifMatch);
              requireMayChange(caller, owned);
              AgentValues before =
                  new AgentValues(
                      agent.name(),
                      agent.type(),
                      agent.status(),
                      agent.capabilities(),
                      agent.config());
              AgentValues values = values(patch, before);
              if (agent.builtIn()) {
                requireOnlyStatusAndConfig(before, values);
                BuiltInConfig.check(agent.name(), values.config());
              }
              if (!values.name().equals(agent.name())
                  && repository.nameTaken(sql, owned.owner(), values.name(), id)) {
                throw nameTaken(values.name());
              }
              return repository
                  .update(sql, id, agent.version(), values, clock.instant())
                  .orElseThrow(() -> stale(id));
            });
    known.changed(caller, id);
    builtIns.changed(id, changed.version(), changed.status(), changed.config());
    return measured(changed);
  }

  /** Lets agents be chosen that way, here at once and in other processes within seconds. */
  public void use(Caller caller, Strategy strategy) {
    ObjectNode patch = json.createObjectNode();
    patch.putObject("config").put("strategy", strategy.word());
    patch(caller, builtIns.coordinator(), null, patch);
  }

  /**
   * Deletes the agent. Its ended tasks no longer name its id; as there may be millions, they are
   * told so in many short statements before.
   */
  void delete(Caller caller, UUID id, @Nullable String ifMatch) {
    database.transaction(sql -> deletable(sql, caller, id, ifMatch));
    Optional<UUID> last = Optional.of(BEFORE_ALL);
    while (last.isPresent()) {
      last = repository.leaveEndedTasks(database, id, last.get(), TASKS_AT_ONCE);
    }
    database.transaction(
        sql -> {
          Agent agent = deletable(sql, caller, id, ifMatch);
          if (!repository.delete(sql, id, agent.version())) {
            throw stale(id);
          }
          return true;
        });
    known.removed(id);
  }

  /** The agent, if the caller may delete it now. */
  private Agent deletable(Sql sql, Caller caller, UUID id, @Nullable String ifMatch) {
    OwnedAgent owned = findOwned(sql, caller, id);
    Agent agent = owned.agent();
    requireMatch(agent, ifMatch);
    if (agent.builtIn()) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE,
          "Built-in agents cannot be deleted; set their status to inactive instead.");
    }
    requireMayChange(caller, owned);
    if (repository.hasUnfinishedTasks(sql, id)) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE,
          "The agent has unfinished tasks: cancel them or wait, then delete it.");
    }
    return agent;
  }

  private Agent find(Sql sql, Caller caller, UUID id) {
    return findOwned(sql, caller, id).agent();
  }

  private OwnedAgent findOwned(Sql sql, Caller caller, UUID id) {
    return repository
        .findOwned(sql, caller, id)
        .orElseThrow(() -> ProblemException.notFound("agent", id));
  }

  private Agent measured(Agent agent) {
    return agent.builtIn() ? agent.with(builtIns.load(agent.id())) : agent;
  }

  private static void requireMatch(Agent agent, @Nullable String ifMatch) {
    if (!EntityTag.matches(ifMatch, agent.version())) {
      throw stale(agent.id());
    }
  }

  private static void requireMayChange(Caller caller, OwnedAgent agent) {
    if (agent.owner().equals(Caller.SYSTEM_OWNER) && !caller.admin()) {
      throw new ProblemException(
          ErrorCode.FORBIDDEN,
          "Agents of the system serve all callers: only an admin may change or delete them.");
    }
  }

  private static void requireOnlyStatusAndConfig(AgentValues before, AgentValues after) {
    if (!before.name().equals(after.name())
        || !before.type().equals(after.type())
        || !before.capabilities().equals(after.capabilities())) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE, "Of a built-in agent only status and config can be changed.");
    }
  }

  private AgentValues values(ObjectNode body, AgentValues before) {
    for (Iterator<String> names = body.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!FIELDS.contains(name)) {
        throw ProblemException.invalid(
            name, "is not a known field; known are " + FIELDS.stream().sorted().toList());
      }
    }
    var values =
        new AgentValues(
            Check.text("name", string(body, "name", before.name()), 255),
            Check.text("type", string(body, "type", before.type()), 100),
            status(String.valueOf(string(body, "status", before.status()))),
            capabilities(body, before.capabilities()),
            config(body.get("config"), before.config()));
    if (!values.type().equals(before.type()) || !values.config().equals(before.config())) {
      prompts.requireSense(values.type(), values.config());
    }
    return values;
  }

  private static @Nullable String string(ObjectNode body, String field, String before) {
    JsonNode value = body.get(field);
    if (value == null) {
      return before;
    }
    if (value.isNull()) {
      return field.equals("status") ? "active" : null;
    }
    if (!value.isTextual()) {
      throw ProblemException.invalid(field, "must be a string");
    }
    return value.textValue();
  }

  private static String status(String status) {
    if (!STATUSES.contains(status)) {
      throw ProblemException.invalid("status", "must be one of active, inactive, offline");
    }
    return status;
  }

  private static List<String> capabilities(ObjectNode body, List<String> before) {
    JsonNode value = body.get("capabilities");
    if (value == null) {
      return before;
    }
    if (value.isNull()) {
      return List.of();
    }
    if (!value.isArray()) {
      throw ProblemException.invalid("capabilities", "must be an array of strings");
    }
    List<String> words = new ArrayList<>();
    for (JsonNode word : value) {
      if (!word.isTextual()) {
        throw ProblemException.invalid("capabilities", "must be an array of strings");
      }
      words.add(word.textValue());
    }
    return Check.words("capabilities", words);
  }

  private String config(@Nullable JsonNode patch, String before) {
    if (patch == null) {
      return before;
    }
    if (patch.isNull()) {
      return "{}";
    }
    if (!patch.isObject()) {
      throw ProblemException.invalid("config", "must be a JSON object");
    }
    try {
      ObjectNode target = (ObjectNode) json.readTree(before);
      MergePatch.apply(target, (ObjectNode) patch);
      return Check.document("config", target.toString(), MAX_CONFIG, "256 KiB");
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException("A stored config is no JSON object", e);
    }
  }

  private static ProblemException nameTaken(String name) {
    return new ProblemException(
        ErrorCode.CONFLICT, "There is already an agent named " + name + "; choose another name.");
  }

  private static ProblemException stale(UUID id) {
    return new ProblemException(
        ErrorCode.PRECONDITION_FAILED,
        "Agent " + id + " was changed in the meantime: read it again and repeat.");
  }
}
