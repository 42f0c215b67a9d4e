package com.sutazai.inference;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.backend.Chunk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes server-sent events whose data is JSON. */
public final class ServerSentEvents {
  public static final String MEDIA_TYPE = "text/event-stream;charset=UTF-8";

  private static final byte[] DATA = bytes("data: ");
  private static final byte[] END = bytes("\n\n");
  private static final byte[] HEARTBEAT = bytes(": \n\n");
  private static final byte[] DONE = bytes("data: [DONE]\n\n");

  private final ObjectMapper json;

  public ServerSentEvents(ObjectMapper json) {
    this.json = json;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** An event without a name. */
  public void data(OutputStream out, Object data) throws IOException {
    data(out, json.writeValueAsBytes(data));
  }

  /** The piece of an answer as it is. */
  public void piece(OutputStream out, Chunk chunk) throws IOException {
    data(out, chunk.bytes(json));
  }

  private static void data(OutputStream out, byte[] data) throws IOException {
    out.write(DATA);
    out.write(data);
    out.write(END);
  }

  /** An event with a name. */
  public void named(OutputStream out, String name, Object data) throws IOException {
    out.write(("event: " + name + "\n").getBytes(StandardCharsets.UTF_8));
    data(out, data);
  }

  /** A comment, which keeps the connection from looking dead. */
  public void heartbeat(OutputStream out) throws IOException {
    out.write(HEARTBEAT);
  }

  /** The closing event of OpenAI's streams, which the guide's have too. */
  public void done(OutputStream out) throws IOException {
    out.write(DONE);
  }
}
