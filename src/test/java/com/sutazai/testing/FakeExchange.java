package com.sutazai.testing;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** One request to a {@link FakeModelServer}, and the way to answer it in the words of its route. */
public final class FakeExchange {
  private static final String DONE = "data: [DONE]\n\n";

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private String path = "";
  private String body = "";
  private Runnable beforeEnd = () -> {};

  FakeExchange(Socket socket, InputStream in) throws IOException {
    this.socket = socket;
    this.in = in;
    this.out = socket.getOutputStream();
  }

  boolean readRequest() throws IOException {
    String first = line();
    if (first.isEmpty()) {
      return false;
    }
    path = first.split(" ")[1];
    int length = 0;
    for (String header = line(); !header.isEmpty(); header = line()) {
      if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(header.substring(15).strip());
      }
    }
    body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return true;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  String path() {
    return path;
  }

  /** The body of the request; empty when it had none. */
  public JsonObject body() {
    return body.isEmpty() ? new JsonObject() : new JsonObject(body);
  }

  /** What is done before the client can know that the answer is at its end. */
  void beforeEnd(Runnable action) {
    beforeEnd = action;
  }

  void ends() {
    Runnable action = beforeEnd;
    beforeEnd = () -> {};
    action.run();
  }

  boolean isClosed() {
    return socket.isClosed();
  }

  private boolean isOpenAi() {
    return path.startsWith("/v1/");
  }

  private String model() {
    return body().getString("model", "tinyllama");
  }

  /** Begins a streamed answer. */
  public void head() throws IOException {
    write(
        "HTTP/1.1 200 OK\r\nContent-Type: "
            + (isOpenAi() ? "text/event-stream" : "application/x-ndjson")
            + "\r\nTransfer-Encoding: chunked\r\n\r\n");
  }

  /** A piece of text. */
  public void token(String text) throws IOException {
    piece("content", text);
  }

  /** A piece of reasoning. */
  public void reasoning(String text) throws IOException {
    piece(isOpenAi() ? "reasoning_content" : "thinking", text);
  }

  private void piece(String field, String text) throws IOException {
    switch (path) {
      case "/v1/chat/completions" ->
          choice(new JsonObject().put("delta", delta().put(field, text)));
      case "/v1/completions" -> choice(new JsonObject().put("text", text));
      case "/api/chat" ->
          object(
              new JsonObject()
                  .put(
                      "message",
                      new JsonObject()
                          .put("role", "assistant")
                          .put("content", "")
                          .put(field, text)));
      default ->
          object(
              new JsonObject()
                  .put("response", "")
                  .put(field.equals("content") ? "response" : field, text));
    }
  }

  /** A whole call of a tool. */
  public void toolCall(String name, JsonObject arguments) throws IOException {
    JsonObject function = new JsonObject().put("name", name);
    if (isOpenAi()) {
      function.put("arguments", arguments.encode());
      JsonObject call =
          new JsonObject()
              .put("index", 0)
              .put("id", "call_1")
              .put("type", "function")
              .put("function", function);
      choice(new JsonObject().put("delta", delta().put("tool_calls", new JsonArray().add(call))));
    } else {
      JsonObject call = new JsonObject().put("function", function.put("arguments", arguments));
      object(
          new JsonObject()
              .put(
                  "message",
                  new JsonObject()
                      .put("role", "assistant")
                      .put("content", "")
                      .put("tool_calls", new JsonArray().add(call))));
    }
  }

  /** Says the role in each piece, as Ollama does. */
  private static JsonObject delta() {
    return new JsonObject().put("role", "assistant");
  }

  private void choice(JsonObject choice) throws IOException {
    JsonArray choices = new JsonArray().add(choice.put("index", 0));
    event(completion().put("choices", choices));
  }

  private JsonObject completion() {
    return new JsonObject()
        .put("id", "chatcmpl-1")
        .put("object", path.contains("chat") ? "chat.completion.chunk" : "text_completion")
        .put("created", 1_700_000_000)
        .put("model", model());
  }

  private void object(JsonObject object) throws IOException {
    chunk(
        new JsonObject().put("model", model()).mergeIn(object).put("done", false).encode() + "\n");
  }

  private void event(JsonObject data) throws IOException {
    chunk("data: " + data.encode() + "\n\n");
  }

  /** The end of a whole answer, with what it took. */
  public void done(int promptTokens, int tokens) throws IOException {
    ends();
    if (isOpenAi()) {
      JsonObject last = new JsonObject().put("finish_reason", "stop");
      choice(path.contains("chat") ? last.put("delta", new JsonObject()) : last.put("text", ""));
      event(
          completion()
              .put("choices", new JsonArray())
              .put(
                  "usage",
                  new JsonObject()
                      .put("prompt_tokens", promptTokens)
                      .put("completion_tokens", tokens)
                      .put("total_tokens", promptTokens + tokens)));
      chunk(DONE);
    } else {
      JsonObject last = new JsonObject().put("model", model());
      if (path.equals("/api/chat")) {
        last.put("message", new JsonObject().put("role", "assistant").put("content", ""));
      } else {
        last.put("response", "");
      }
      chunk(
          last.put("done", true)
                  .put("done_reason", "stop")
                  .put("prompt_eval_count", promptTokens)
                  .put("eval_count", tokens)
                  .encode()
              + "\n");
    }
    end();
  }

  /** Texts that embeddings were asked for. */
  public List<Object> inputs() {
    Object input = body().getValue("input");
    return input instanceof JsonArray list ? list.getList() : List.of(input);
  }

  /** Three numbers that tell one text from another. */
  public void embed() throws IOException {
    JsonArray vectors = new JsonArray();
    inputs()
        .forEach(
            text ->
                vectors.add(
                    new JsonArray().add(String.valueOf(text).length()).add(0.5).add(-0.25)));
    embeddings(vectors, "base64".equals(body().getString("encoding_format")));
  }

  private void embeddings(JsonArray vectors, boolean base64) throws IOException {
    if (!isOpenAi()) {
      status(
          200,
          new JsonObject()
              .put("model", model())
              .put("embeddings", vectors)
              .put("prompt_eval_count", 3)
              .encode());
      return;
    }
    JsonArray data = new JsonArray();
    for (int i = 0; i < vectors.size(); i++) {
      JsonArray vector = vectors.getJsonArray(i);
      data.add(
          new JsonObject()
              .put("object", "embedding")
              .put("index", i)
              .put("embedding", base64 ? base64(vector) : vector));
    }
    status(
        200,
        new JsonObject()
            .put("object", "list")
            .put("model", model())
            .put("data", data)
            .put("usage", new JsonObject().put("prompt_tokens", 3).put("total_tokens", 3))
            .encode());
  }

  private static String base64(JsonArray vector) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * vector.size()).order(ByteOrder.LITTLE_ENDIAN);
    vector.forEach(each -> bytes.putFloat(((Number) each).floatValue()));
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  public void chunk(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(Integer.toHexString(bytes.length) + "\r\n" + text + "\r\n");
  }

  public void end() throws IOException {
    ends();
    write("0\r\n\r\n");
  }

  public void status(int status, String json) throws IOException {
    answer(status, "application/json", json);
  }

  /** A whole answer that is said to be of this type, whatever it is. */
  public void answer(int status, String type, String body) throws IOException {
    ends();
    write(
        "HTTP/1.1 "
            + status
            + " Status\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length
            + "\r\n\r\n"
            + body);
  }

  /** Ends the connection so that what was sent still arrives. */
  public void close() throws IOException {
    ends();
    socket.close();
  }

  public void cut() throws IOException {
    ends();
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Waits until the client gives up. */
  public void hang() throws IOException {
    if (in.read() < 0) {
      throw new SocketException("the client went away");
    }
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
