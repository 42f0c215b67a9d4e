package com.sutazai.gateway.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.gateway.batch.BatchCalls.Reply;
import com.sutazai.gateway.batch.BatchRepository.Work;
import com.sutazai.gateway.batch.LineRepository.Line;
import com.sutazai.gateway.openai.OpenAiErrors;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.Arrays;
import org.jboss.logging.Logger;

/** Asks one line of a batch and writes what came of it. */
@ApplicationScoped
class Ask {
  private static final Logger LOG = Logger.getLogger(Ask.class);

  private final Database database;
  private final LineRepository lines;
  private final FileRepository files;
  private final BatchCalls calls;
  private final OpenAiErrors errors;
  private final Ids ids;
  private final ObjectMapper json;

  Ask(
      Database database,
      LineRepository lines,
      FileRepository files,
      BatchCalls calls,
      OpenAiErrors errors,
      Ids ids,
      ObjectMapper json) {
    this.database = database;
    this.lines = lines;
    this.files = files;
    this.calls = calls;
    this.errors = errors;
    this.ids = ids;
    this.json = json;
  }

  /** Whether the line has ended; else it is to be asked again later. */
  boolean line(Work batch, Line line) throws InterruptedException {
    Reply reply = reply(batch, body(batch, line));
    if (reply.later()) {
      lines.putOff(database, batch.id(), line.number());
      return false;
    }
    lines.record(database, batch.id(), line.number(), reply.answered(), text(batch, line, reply));
    return true;
  }

  private Reply reply(Work batch, ObjectNode body) throws InterruptedException {
    try {
      return calls.call(batch.owner(), batch.endpoint(), body);
    } catch (ProblemException problem) {
      return reply(problem);
    } catch (RuntimeException e) {
      LOG.errorf(e, "A line of batch %s failed unexpectedly", batch.id());
      return reply(
          new ProblemException(
              ErrorCode.INTERNAL, "The failure was logged; it is not the request's fault."));
    }
  }

  private Reply reply(ProblemException failure) {
    Problem problem = Problem.of(failure);
    return new Reply(errors.status(problem), json.valueToTree(errors.body(problem)));
  }

  private ObjectNode body(Work batch, Line line) {
    byte[] text = files.cut(database, batch.inputFile(), line.position(), line.length());
    try {
      return (ObjectNode) json.readTree(text).get("body");
    } catch (IOException e) {
      throw new IllegalStateException("A line that was checked is no JSON", e);
    }
  }

  private byte[] text(Work batch, Line line, Reply reply) {
    ObjectNode text = json.createObjectNode();
    text.put("id", "batch_req_" + WireId.hex(batch.id()) + "_" + line.number());
    text.put("custom_id", line.customId());
    text.putObject("response")
        .put("status_code", reply.status())
        .put("request_id", WireId.hex(ids.next()))
        .set("body", reply.body());
    text.putNull("error");
    try {
      byte[] bytes = json.writeValueAsBytes(text);
      byte[] ended = Arrays.copyOf(bytes, bytes.length + 1);
      ended[bytes.length] = '\n';
      return ended;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
