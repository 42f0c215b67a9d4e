package com.sutazai.gateway.batch;

import com.sutazai.platform.error.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.common.util.CaseInsensitiveMap;
import org.jboss.resteasy.reactive.server.core.multipart.MultipartParser;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code multipart/form-data} body as it comes: short fields are kept, the file goes on at
 * once. The fields may come in any order. The framework's parser finds the parts; its own use of
 * forms would put the file on disk first.
 */
final class UploadForm implements MultipartParser.PartHandler {
  private static final Pattern BOUNDARY =
      Pattern.compile(
          "(?i)multipart/form-data;.*?boundary=(?:\"([^\"]{1,70})\"|([^\\s;]{1,70})).*");
  private static final Pattern NAME = Pattern.compile("(?i);\\s*name=(?:\"([^\"]*)\"|([^\\s;]+))");
  private static final Pattern FILE_NAME =
      Pattern.compile("(?i);\\s*filename=(?:\"((?:\\\\.|[^\"])*)\"|([^\\s;]+))");

  /** Between two things that the parser finds: headers of a part, and what is before the first. */
  private static final int MOST_SILENCE = 64 * 1024;

  private static final int MOST_FIELDS = 20;
  private static final int LONGEST_FIELD = 1024;

  /** Where the file's bytes go. */
  interface Sink {
    /** Told once, before the first byte. */
    void begin(String name);

    void data(ByteBuffer bytes);
  }

  private final Sink sink;
  private final Map<String, String> fields = new HashMap<>();
  private @Nullable String field;
  private boolean hasFile;
  private ByteArrayOutputStream value = new ByteArrayOutputStream();
  private int silence;

  private UploadForm(Sink sink) {
    this.sink = sink;
  }

  /** Reads the whole body; the fields that are no file. */
  static Map<String, String> read(@Nullable String contentType, InputStream body, Sink sink)
      throws IOException {
    Matcher boundary = BOUNDARY.matcher(contentType == null ? "" : contentType);
    if (!boundary.matches()) {
      throw ProblemException.invalid("Content-Type", "must be multipart/form-data with a boundary");
    }
    var form = new UploadForm(sink);
    form.parse(body, either(boundary));
    if (!form.hasFile) {
      throw ProblemException.invalid("file", "is required: send the file's bytes in this field");
    }
    return form.fields;
  }

  private void parse(InputStream body, String boundary) throws IOException {
    MultipartParser.ParseState state =
        MultipartParser.beginParse(this, boundary.getBytes(StandardCharsets.US_ASCII), "UTF-8");
    byte[] buffer = new byte[8 * 1024];
    for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
      if (!state.isComplete()) {
        silence += read;
        state.parse(ByteBuffer.wrap(buffer, 0, read));
      }
      if (silence > MOST_SILENCE) {
        throw ProblemException.invalid("body", "is no form: its parts have no end");
      }
    }
    if (!state.isComplete()) {
      throw ProblemException.invalid("body", "is cut off: the form's last boundary is missing");
    }
  }

  @Override
  public void beginPart(CaseInsensitiveMap<String> headers) {
    silence = 0;
    String disposition = headers.getFirst("Content-Disposition");
    Matcher name = NAME.matcher(disposition == null ? "" : disposition);
    if (!name.find()) {
      throw ProblemException.invalid("body", "is no form: a part has no name");
    }
    field = either(name);
    if (field.equals("file")) {
      Matcher file = FILE_NAME.matcher(disposition);
      if (hasFile || !file.find()) {
        throw ProblemException.invalid("file", "must be one file with a filename");
      }
      hasFile = true;
      sink.begin(either(file));
    } else if (fields.size() >= MOST_FIELDS) {
      throw ProblemException.invalid("body", "must have at most " + MOST_FIELDS + " fields");
    }
  }

  @Override
  public void data(ByteBuffer bytes) {
    silence = 0;
    if ("file".equals(field)) {
      sink.data(bytes);
      return;
    }
    if (value.size() + bytes.remaining() > LONGEST_FIELD) {
      throw ProblemException.invalid(
          String.valueOf(field), "must have at most " + LONGEST_FIELD + " bytes");
    }
    while (bytes.hasRemaining()) {
      value.write(bytes.get());
    }
  }

  @Override
  public void endPart() {
    silence = 0;
    if (field != null && !field.equals("file")) {
      fields.put(field, value.toString(StandardCharsets.UTF_8));
      value = new ByteArrayOutputStream();
    }
  }

  private static String either(Matcher quotedOrNot) {
    return quotedOrNot.group(1) == null ? quotedOrNot.group(2) : quotedOrNot.group(1);
  }
}
