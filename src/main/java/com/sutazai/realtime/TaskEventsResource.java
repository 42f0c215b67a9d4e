package com.sutazai.realtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.caller.Connections.Listening;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.tasks.Task;
import com.sutazai.tasks.Tasks;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/tasks/{id}/events}: the state a task is in, then each new one and each report of
 * progress as it is seen, as server-sent events; the stream ends with the task. States that last
 * shorter than a look may be skipped. The ids come from the task itself, so a stream goes on where
 * it broke off whatever process answers, also after a restart. A browser comes back to a stream
 * that has ended; one that was told the task's end is answered 204, which keeps it from coming
 * again.
 */
@Path("/api{version:(/v1)?}/tasks/{id}/events")
@Tag(name = "Tasks")
@RunOnVirtualThread
@Requires.TasksRead
class TaskEventsResource {
  private static final Logger LOG = Logger.getLogger(TaskEventsResource.class);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration SILENCE = Duration.ofSeconds(15);
  private static final long NOTHING = -1;

  private final Tasks tasks;
  private final CurrentCaller caller;
  private final Connections connections;
  private final RoutingContext context;
  private final RealtimeConfig config;
  private final OpenStreams streams;
  private final ObjectMapper json;

  TaskEventsResource(
      Tasks tasks,
      CurrentCaller caller,
      Connections connections,
      RoutingContext context,
      RealtimeConfig config,
      OpenStreams streams,
      ObjectMapper json) {
    this.tasks = tasks;
    this.caller = caller;
    this.connections = connections;
    this.context = context;
    this.config = config;
    this.streams = streams;
    this.json = json;
  }

  @GET
  @Produces("text/event-stream")
  @Operation(
      summary =
          "The task's states as server-sent events until it has ended, or 204 after that was told")
  public Response events(
      @PathParam("id") String id, @HeaderParam("Last-Event-ID") @Nullable String lastEventId) {
    Caller reader = caller.get();
    UUID taskId = Ids.parse("task", id);
    long seen = seen(lastEventId);
    Task first = tasks.find(reader, taskId);
    if (first.isFinished() && first.change() <= seen) {
      return Response.noContent().build();
    }
    Semaphore places = streams.places();
    if (!places.tryAcquire()) {
      throw new ProblemException(
              ErrorCode.TOO_MANY_STREAMS,
              "At most "
                  + config.maxStreams()
                  + " event streams are open at once (sutazai.realtime.max-streams).")
          .retryAfter(Duration.ofSeconds(5));
    }
    Listening watch = connections.interruptWhenLeftOrStopping(context);
    StreamingOutput events =
        out -> {
          try (watch) {
            follow(reader, first, seen, watch.watched(out));
          } catch (IOException e) {
            LOG.debug("The reader of a stream went away", e);
          } catch (InterruptedException | ProblemException e) {
            LOG.debug("A stream ended early, its reader comes back", e);
            tellEarlyEnd(watch, out);
          } finally {
            places.release();
          }
        };
    return Response.ok(events, "text/event-stream;charset=UTF-8")
        .header("Cache-Control", "no-cache")
        .header("X-Accel-Buffering", "no")
        .build();
  }

  private static long seen(@Nullable String lastEventId) {
    if (lastEventId == null || lastEventId.isEmpty()) {
      return NOTHING;
    }
    if (!lastEventId.matches("\\d{1,18}")) {
      throw ProblemException.invalid("Last-Event-ID", "is no id of an event that was sent here");
    }
    return Long.parseLong(lastEventId);
  }

  private void follow(Caller reader, Task first, long seen, OutputStream out)
      throws IOException, InterruptedException {
    write(out, "retry: 2000\n\n");
    Task task = first;
    long last = seen;
    long spoke = System.nanoTime();
    while (true) {
      if (task.change() > last) {
        last = task.change();
        spoke = System.nanoTime();
        write(
            out,
            "event: task."
                + task.status()
                + "\nid: "
                + last
                + "\ndata: "
                + json.writeValueAsString(task)
                + "\n\n");
      } else if (System.nanoTime() - spoke > SILENCE.toNanos()) {
        spoke = System.nanoTime();
        write(out, ": still here\n\n");
      }
      if (task.isFinished()) {
        return;
      }
      tasks.awaitChange(task.id(), LOOK);
      task = tasks.again(reader, task);
    }
  }

  /**
   * A reader that may not read any more is told. One that went away cannot be, and one of a program
   * that is being stopped comes back by itself.
   */
  private void tellEarlyEnd(Listening watch, OutputStream out) throws IOException {
    ProblemException reason = watch.earlyEnd();
    Thread.interrupted(); // it is heard
    if (reason != null && !watch.isForStop()) {
      write(out, "event: error\ndata: " + json.writeValueAsString(Problem.of(reason)) + "\n\n");
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
