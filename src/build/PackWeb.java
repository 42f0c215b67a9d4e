import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Makes of the page's files what the program serves; the build runs it from this source.
 *
 * <p>The document {@code index.html} stands at the root. All others are named by what is in them
 * and stand under {@code /assets}; <code>{{style.css}}</code> in the document becomes such a name,
 * <code>{{version}}</code> the version. Each file is there as it is and, where that is smaller,
 * with gzip and with brotli. The file {@code index} has a line for each: path, name of its file,
 * media type.
 *
 * <p>Arguments: the folder of the files, the folder to make, the version.
 */
final class PackWeb {
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "woff2", "font/woff2");

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^{}]+)}}");
  private static final String DOCUMENT = "html";

  /** What stands at the root. */
  private static final String PAGE = "index.html";

  private static final int HASH_BYTES = 8;

  private final Path target;
  private final Map<String, String> words = new TreeMap<>();
  private final List<String> index = new ArrayList<>();

  private PackWeb(Path target) {
    this.target = target;
  }

  public static void main(String[] arguments) throws Exception {
    Brotli4jLoader.ensureAvailability();
    var pack = new PackWeb(Path.of(arguments[1]));
    pack.words.put("version", arguments[2]);
    pack.run(Path.of(arguments[0]));
  }

  private void run(Path source) throws IOException, GeneralSecurityException {
    Files.createDirectories(target);
    for (Path old : list(target)) {
      Files.delete(old);
    }
    for (Path asset : list(source)) {
      if (!ending(asset).equals(DOCUMENT)) {
        asset(asset);
      }
    }
    for (Path document : list(source)) {
      if (ending(document).equals(DOCUMENT)) {
        document(document);
      }
    }
    Files.write(target.resolve("index"), index);
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private void asset(Path file) throws IOException, GeneralSecurityException {
    byte[] bytes = Files.readAllBytes(file);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
    String hash = HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    String name = file.getFileName().toString();
    String ending = ending(file);
    String stem = name.substring(0, name.length() - ending.length());
    String hashed = stem + hash + "." + ending;
    words.put(name, "/assets/" + hashed);
    write("/assets/" + hashed, hashed, ending, bytes);
  }

  private void document(Path file) throws IOException {
    String name = file.getFileName().toString();
    String text = PLACEHOLDER.matcher(Files.readString(file)).replaceAll(this::word);
    if (!name.equals(PAGE)) {
      throw new IllegalArgumentException(name + ": " + PAGE + " is the only document");
    }
    write("/", name, DOCUMENT, text.getBytes(StandardCharsets.UTF_8));
  }

  private String word(MatchResult placeholder) {
    String word = words.get(placeholder.group(1));
    if (word == null) {
      throw new IllegalArgumentException(
          placeholder.group() + " is none of " + words.keySet() + " of src/main/web");
    }
    return Matcher.quoteReplacement(word);
  }

  private void write(String path, String name, String ending, byte[] bytes) throws IOException {
    String type = TYPES.get(ending);
    if (type == null) {
      throw new IllegalArgumentException(name + ": add the media type of ." + ending);
    }
    Files.write(target.resolve(name), bytes);
    writeIfSmaller(name + ".gz", gzip(bytes), bytes.length);
    writeIfSmaller(name + ".br", brotli(bytes), bytes.length);
    index.add(path + "\t" + name + "\t" + type);
  }

  private void writeIfSmaller(String name, byte[] bytes, int than) throws IOException {
    if (bytes.length < than) {
      Files.write(target.resolve(name), bytes);
    }
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var out = new SmallestGzip(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static byte[] brotli(byte[] bytes) throws IOException {
    return Encoder.compress(bytes, new Encoder.Parameters().setQuality(11));
  }

  private static final class SmallestGzip extends GZIPOutputStream {
    SmallestGzip(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
