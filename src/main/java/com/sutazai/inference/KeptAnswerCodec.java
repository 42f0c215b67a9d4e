package com.sutazai.inference;

import com.sutazai.cache.Codec;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.Operation;
import com.sutazai.inference.backend.Usage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Answers as bytes. What is read is checked to be a whole answer, whoever wrote it. */
final class KeptAnswerCodec implements Codec<KeptAnswer> {
  @Override
  public int version() {
    return 1;
  }

  @Override
  public byte[] encode(KeptAnswer answer) {
    String text = answer.text();
    Usage usage = answer.usage();
    try {
      var bytes = new ByteArrayOutputStream(answer.lines().length + 512);
      var out = new DataOutputStream(bytes);
      out.writeUTF(answer.operation().name());
      out.writeUTF(answer.model());
      out.writeBoolean(usage != null);
      if (usage != null) {
        out.writeLong(usage.promptTokens());
        out.writeLong(usage.completionTokens());
        out.writeLong(usage.totalTokens());
      }
      out.writeBoolean(text != null);
      if (text != null) {
        write(out, text.getBytes(StandardCharsets.UTF_8));
      }
      write(out, answer.lines());
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  @Override
  public KeptAnswer decode(byte[] bytes) throws IOException {
    var in = new DataInputStream(new ByteArrayInputStream(bytes));
    try {
      Operation operation = Operation.valueOf(in.readUTF());
      String model = in.readUTF();
      @Nullable Usage usage =
          in.readBoolean() ? new Usage(in.readLong(), in.readLong(), in.readLong()) : null;
      @Nullable String text =
          in.readBoolean() ? new String(read(in), StandardCharsets.UTF_8) : null;
      var answer = new KeptAnswer(operation, model, usage, text, read(in));
      if (in.available() > 0 || (text == null) == (operation == Operation.GENERATE)) {
        throw new IOException("The answer has another form");
      }
      answer.requireWhole();
      return answer;
    } catch (IllegalArgumentException | ModelFailure e) {
      throw new IOException("The answer has another form", e);
    }
  }

  private static byte[] read(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new EOFException();
    }
    return in.readNBytes(length);
  }
}
