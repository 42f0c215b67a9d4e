package com.sutazai.gateway.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.gateway.Door;
import com.sutazai.inference.ModelServers;
import com.sutazai.inference.backend.Backend;
import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.caller.Connections.Listening;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * Long work on models, one server after the other: what they say meanwhile is passed on line by
 * line, or only the end of it to callers who want no stream. A caller that leaves ends the work.
 */
@ApplicationScoped
class OllamaProgress {
  private final ModelServers servers;
  private final Connections connections;
  private final RoutingContext context;
  private final ObjectMapper json;

  OllamaProgress(
      ModelServers servers, Connections connections, RoutingContext context, ObjectMapper json) {
    this.servers = servers;
    this.connections = connections;
    this.context = context;
    this.json = json;
  }

  Response of(List<Backend> on, String path, ObjectNode body) throws InterruptedException {
    String model = OllamaRequests.modelName(body);
    boolean stream = Door.flag(body, "stream", true);
    body.put("stream", true);
    return stream ? streamed(on, path, model, body) : whole(on, path, model, body);
  }

  private Response streamed(List<Backend> on, String path, String model, ObjectNode body) {
    Listening watch = connections.interruptWhenLeft(context);
    StreamingOutput lines =
        out -> {
          try (watch) {
            pass(on, path, model, body, watch, watch.watched(out));
          }
        };
    return Response.ok(lines, "application/x-ndjson").build();
  }

  private void pass(
      List<Backend> on,
      String path,
      String model,
      ObjectNode body,
      Listening watch,
      OutputStream out)
      throws IOException {
    try {
      new JointProgress(json)
          .of(
              on,
              (server, line) -> servers.follow(server, path, model, body, line),
              line -> write(out, line));
    } catch (ProblemException e) {
      write(out, json.writeValueAsBytes(Map.of("error", e.detail())));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (InterruptedException e) {
      ProblemException early = watch.earlyEnd();
      if (early == null) {
        throw new IOException("The reader went away", e);
      }
      write(out, json.writeValueAsBytes(Map.of("error", early.detail())));
    }
  }

  private static void write(OutputStream out, byte[] line) {
    try {
      out.write(line);
      out.write('\n');
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Response whole(List<Backend> on, String path, String model, ObjectNode body)
      throws InterruptedException {
    try (var watch = connections.interruptWhenLeft(context)) {
      byte[][] last = {null};
      for (Backend server : on) {
        servers.follow(server, path, model, body, line -> last[0] = line);
        requireSuccess(last[0]);
      }
      return Response.ok(last[0], MediaType.APPLICATION_JSON).build();
    }
  }

  private void requireSuccess(byte[] line) {
    try {
      JsonNode error = json.readTree(line == null ? new byte[0] : line).path("error");
      if (error.isTextual()) {
        throw new ProblemException(ErrorCode.MODEL_FAILED, error.textValue());
      }
    } catch (IOException e) {
      throw new ProblemException(
          ErrorCode.MODEL_FAILED, "The model server sent a line that is no JSON object.");
    }
  }
}
