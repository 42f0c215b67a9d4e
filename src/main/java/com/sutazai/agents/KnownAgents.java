package com.sutazai.agents;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.agents.AgentRepository.AgentFilter;
import com.sutazai.cache.CacheKey;
import com.sutazai.cache.Cached;
import com.sutazai.cache.Caches;
import com.sutazai.cache.Changes;
import com.sutazai.cache.Loader;
import com.sutazai.cache.Loader.Loaded;
import com.sutazai.cache.Region;
import com.sutazai.cache.Tags;
import com.sutazai.cache.Warmer;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Agents as they are read: from the cache where it knows them, else from the database. */
@ApplicationScoped
class KnownAgents implements Warmer {
  private final AgentRepository repository;
  private final Database database;
  private final Changes changes;
  private final Region<List<Agent>> kept;

  KnownAgents(
      AgentRepository repository,
      Database database,
      Changes changes,
      Caches caches,
      ObjectMapper json) {
    this.repository = repository;
    this.database = database;
    this.changes = changes;
    kept = caches.agents(new AgentCodec(json));
  }

  /**
   * One agent as the database has it.
   *
   * @param now whether it must be; else it is answered as it is known here while the database is
   *     away
   */
  Optional<Cached<Agent>> find(Caller caller, UUID id, boolean now) throws InterruptedException {
    CacheKey key = key(caller, id);
    Loader<List<Agent>> loader = loader(caller, id);
    return (now ? kept.reload(key, loader) : kept.reloadIfPossible(key, loader))
        .map(KnownAgents::single);
  }

  /** One agent, which may have been read before. */
  Optional<Agent> get(Caller caller, UUID id) {
    try {
      return kept.get(key(caller, id), loader(caller, id)).map(found -> single(found).value());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** The newest of those that the caller may see, which may have been read before. */
  List<Agent> get(Caller caller, AgentFilter filter, int limit) {
    try {
      return list(caller, filter, limit, false);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static ProblemException interrupted() {
    Thread.currentThread().interrupt();
    return new ProblemException(
        ErrorCode.SHUTTING_DOWN, "The request was interrupted; send it again.");
  }

  /** The agent as it is kept here; asks nobody. */
  Optional<Cached<Agent>> peek(Caller caller, UUID id) {
    return kept.peek(key(caller, id)).map(KnownAgents::single);
  }

  private static Cached<Agent> single(Cached<List<Agent>> found) {
    return found.map(List::getFirst);
  }

  /** A page of those that the caller may see. */
  List<Agent> list(Caller caller, AgentFilter filter, int limit, boolean now)
      throws InterruptedException {
    if (filter.withTasks()) {
      return repository.list(database, caller, filter, limit);
    }
    var key = new CacheKey(caller.owner(), "list " + limit + ' ' + filter.unambiguous());
    Loader<List<Agent>> loader =
        () ->
            new Loaded<>(
                repository.list(database, caller, filter, limit), AgentRepository.LIST.reads());
    return (now ? kept.reload(key, loader) : kept.get(key, loader)).orElseThrow().value();
  }

  /** Is told after the commit of what changed the agent; the next read finds it. */
  void changed(Caller caller, UUID id) {
    changes.changed(Tags.agent(id), Tags.AGENTS);
    kept.refresh(key(caller, id), loader(caller, id));
  }

  /** Is told after an agent was deleted; its tasks no longer name its id. */
  void removed(UUID id) {
    changes.changed(Tags.agent(id), Tags.AGENTS, Tags.EACH_TASK);
  }

  /** Is told after agents changed of which nobody knows which. */
  void someChanged() {
    changes.changed(Tags.EACH_AGENT, Tags.AGENTS);
  }

  private Loader<List<Agent>> loader(Caller caller, UUID id) {
    return () ->
        repository
            .find(database, caller, id)
            .map(agent -> new Loaded<>(List.of(agent), tags(id)))
            .orElse(null);
  }

  private static Set<String> tags(UUID id) {
    return Set.of(Tags.agent(id), Tags.EACH_AGENT);
  }

  private static CacheKey key(Caller caller, UUID id) {
    return new CacheKey(caller.owner(), id.toString());
  }

  @Override
  public String region() {
    return "agent";
  }

  /** The newest active agents of each owner. */
  @Override
  public int warm(int most) {
    Region.Start start = kept.begin();
    var rows = repository.active(database, most);
    rows.forEach(
        row ->
            kept.put(
                key(Caller.of(row.owner()), row.agent().id()),
                start,
                List.of(row.agent()),
                tags(row.agent().id())));
    return rows.size();
  }
}
