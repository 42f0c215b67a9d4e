package com.sutazai.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.cache.Region;
import com.sutazai.cache.Tags;
import com.sutazai.cache.Warmer;
import com.sutazai.cache.http.Kept;
import com.sutazai.cache.http.KeptResponses;
import com.sutazai.cache.http.KeptResponses.Prepared;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;

/** Keeps the answers about tasks of the last hour that have ended, before they are asked for. */
@ApplicationScoped
class RecentTasks implements Warmer {
  private static final Duration RECENT = Duration.ofHours(1);

  /** Guide 4.4. */
  private static final int MOST = 100;

  // The primary key is the order of time, so this reads from its end.
  private static final Statement ENDED =
      Statement.of(
          "tasks.recently_ended",
          "SELECT owner_id, payload::text AS payload, result::text AS result, "
              + TaskRepository.SHOWN
              + """
      WHERE completed_at IS NOT NULL AND id >= $1
      ORDER BY id DESC
      LIMIT $2
      """);

  private final Database database;
  private final KeptResponses responses;
  private final InstantSource clock;
  private final ObjectMapper json;

  RecentTasks(Database database, KeptResponses responses, InstantSource clock, ObjectMapper json) {
    this.database = database;
    this.responses = responses;
    this.clock = clock;
    this.json = json;
  }

  @Override
  public String region() {
    return "tasks";
  }

  @Override
  public int warm(int most) {
    Region.Start start = responses.begin(Kept.TASKS);
    var rows =
        database.query(ENDED, Ids.firstOf(clock.instant().minus(RECENT)), Math.min(most, MOST));
    rows.forEach(row -> keep(start, row.getUUID("owner_id"), Task.from(row, true)));
    return rows.size();
  }

  private void keep(Region.Start start, UUID owner, Task task) {
    Set<String> tags = Set.of(Tags.task(task.id()), Tags.EACH_TASK);
    responses.put(
        Kept.TASKS,
        start,
        Caller.of(owner, owner.equals(Caller.LOCAL_OWNER)), // as it mostly asks
        new Prepared("/api/tasks/" + task.id(), "/api/tasks/{id}", written(task), tags));
  }

  private String written(Task task) {
    try {
      return json.writeValueAsString(task);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
