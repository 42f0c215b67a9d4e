package com.sutazai.queue;

import static com.sutazai.platform.sql.SqlValues.column;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How far jobs are, as those say who hold their leases. It is kept in the job's row, so that it
 * costs jobs without reports nothing and goes with the job.
 */
@ApplicationScoped
public class JobProgress {
  /** Characters of a message at most. */
  public static final int LONGEST_MESSAGE = 500;

  // Waits for nobody: whoever has the row locked ends the job, claims it or renews its lease.
  private static final Statement WRITE =
      Statement.of(
          "jobs.progress",
          """
      WITH said AS (
        SELECT task_id, lease, fraction, message
        FROM unnest($1::uuid[], $2::uuid[], $3::float8[], $4::text[]) AS said (task_id, lease, fraction, message)),
      held AS (
        SELECT jobs.task_id, said.lease, said.fraction, said.message
        FROM jobs
        JOIN said ON said.task_id = jobs.task_id AND said.lease = jobs.lease
        FOR UPDATE OF jobs SKIP LOCKED)
      UPDATE jobs
      SET progress_count = CASE WHEN progress_lease = held.lease THEN progress_count + 1 ELSE 1 END,
          progress_lease = held.lease, progress_fraction = held.fraction, progress_message = held.message,
          progress_at = now()
      FROM held
      WHERE jobs.task_id = held.task_id
      RETURNING jobs.task_id
      """);

  private final Database database;

  JobProgress(Database database) {
    this.database = database;
  }

  /**
   * How far a job is.
   *
   * @param fraction 0 to 1; null when it is not known
   * @param message at most 500 characters
   */
  public record Report(
      UUID taskId, UUID lease, @Nullable Double fraction, @Nullable String message) {
    /** The report brought within its bounds, whatever was said. */
    public static Report of(Job job, @Nullable Double fraction, @Nullable String message) {
      return new Report(
          job.taskId(),
          job.lease(),
          fraction == null || fraction.isNaN() ? null : Math.clamp(fraction, 0.0, 1.0),
          message == null ? null : shortened(message.replace("\0", "")));
    }

    private static String shortened(String message) {
      return message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message;
    }
  }

  /**
   * Stores reports of different jobs; ids of the tasks whose lease held and whose row nobody had
   * locked.
   */
  public Set<UUID> write(Collection<Report> reports) {
    List<Report> all = List.copyOf(reports);
    return database
        .query(
            WRITE,
            all.stream().map(Report::taskId).toArray(UUID[]::new),
            all.stream().map(Report::lease).toArray(UUID[]::new),
            column(all, Double[]::new, Report::fraction),
            column(all, String[]::new, Report::message))
        .stream()
        .map(row -> row.getUUID("task_id"))
        .collect(Collectors.toSet());
  }
}
