package com.sutazai.inference;

import com.sutazai.inference.backend.Chunk;
import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.caller.Connections.Listening;
import com.sutazai.platform.error.ProblemException;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Answers that are written while they come, in the format of whichever door they leave by. */
@Singleton
public class StreamedAnswers {
  private static final Logger LOG = Logger.getLogger(StreamedAnswers.class);

  private final Connections connections;
  private final RoutingContext context;

  StreamedAnswers(Connections connections, RoutingContext context) {
    this.connections = connections;
    this.context = context;
  }

  /** Asks, and waits for the first token. */
  public interface Opening {
    Generation open() throws InterruptedException;
  }

  /**
   * The answer's pieces, written by the calling thread; a caller that leaves ends it. What fails
   * before the first piece is an ordinary error.
   */
  public Response of(Opening opening, StreamFormat format) throws InterruptedException {
    Listening watch = connections.interruptWhenLeft(context);
    Generation generation = null;
    try {
      generation = opening.open();
      return of(generation, watch, format);
    } finally {
      if (generation == null) {
        watch.close();
      }
    }
  }

  /** Generation and watch end with the last piece. */
  private static Response of(Generation generation, Listening watch, StreamFormat format) {
    StreamingOutput pieces = out -> write(generation, watch, format, watch.watched(out));
    return OriginHeaders.on(Response.ok(pieces, format.mediaType()), generation.origin())
        .header("Cache-Control", "no-cache")
        .header("X-Accel-Buffering", "no")
        .build();
  }

  static void write(Generation generation, Listening watch, StreamFormat format, OutputStream out) {
    try (watch) {
      try (generation) {
        pieces(generation, format, out);
        format.end(out, generation);
      } catch (ProblemException e) {
        LOG.warnf("A stream ended early: %s", e.detail());
        format.failed(out, e);
      } catch (InterruptedException e) {
        ProblemException early = watch.earlyEnd();
        if (early == null) {
          throw e;
        }
        format.failed(out, early);
      }
      out.close(); // what is left goes with the end of the answer, as one
    } catch (IOException e) {
      LOG.debug("The reader of a stream went away", e);
    } catch (InterruptedException e) {
      LOG.debug("The reader of a stream went away", e);
    }
  }

  /** Pieces that are there together leave together: what was written waits for nothing else. */
  static void pieces(Generation generation, StreamFormat format, OutputStream out)
      throws IOException, InterruptedException {
    boolean unsent = false;
    while (true) {
      Chunk chunk = generation.next(unsent ? Duration.ZERO : Generation.HEARTBEAT);
      if (chunk == null) {
        return;
      }
      if (chunk != Generation.NOTHING_YET) {
        format.piece(out, chunk);
        unsent = true;
        continue;
      }
      if (!unsent) {
        format.heartbeat(out);
      }
      out.flush();
      unsent = false;
    }
  }
}
