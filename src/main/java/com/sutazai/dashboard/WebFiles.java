package com.sutazai.dashboard;

import com.sutazai.dashboard.WebFile.Variant;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The files that the build made of {@code src/main/web}, all in memory. */
@Singleton
final class WebFiles {
  /** Where those stand whose names tell their bytes. */
  static final String ASSETS = "/assets/";

  private static final String ASSET_TEMPLATE = "/assets/{file}";
  private static final String FOR_EVER = "public, max-age=31536000, immutable";
  private static final String ASK_FIRST = "no-cache";
  private static final String FOLDER = "web/";

  private final Map<String, WebFile> files = new HashMap<>();

  WebFiles() {
    String index = new String(read("index").orElseThrow(), StandardCharsets.UTF_8);
    for (String line : index.lines().toList()) {
      String[] fields = line.split("\t", -1);
      files.put(fields[0], file(fields[0], fields[1], fields[2]));
    }
  }

  private static WebFile file(String path, String name, String type) {
    List<Variant> variants = new ArrayList<>();
    for (Coding coding : Coding.values()) {
      read(name + coding.ending()).ifPresent(body -> variants.add(Variant.of(coding, body)));
    }
    boolean asset = path.startsWith(ASSETS);
    return new WebFile(asset ? ASSET_TEMPLATE : path, type, asset ? FOR_EVER : ASK_FIRST, variants);
  }

  private static Optional<byte[]> read(String name) {
    try (InputStream in = WebFiles.class.getClassLoader().getResourceAsStream(FOLDER + name)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<WebFile> find(String path) {
    return Optional.ofNullable(files.get(path));
  }

  /** Where they are. */
  Set<String> paths() {
    return Set.copyOf(files.keySet());
  }
}
