package com.sutazai.engine.model;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The models of a folder: each file {@code <name>.gguf} of it, and the demonstration model. A name
 * stands for a file of this folder and for no other: it has no separators, and a link that leads
 * out is no model.
 */
public final class ModelStore {
  private static final String PARTIAL = ".part";
  private static final Duration KEPT = Duration.ofDays(7);

  private final Path folder;
  private final Path demonstration;
  private final Map<ModelReference, Path> further = new LinkedHashMap<>();
  private final LeftOut leftOut = new LeftOut(System.err);
  private final FileDigests digests = new FileDigests();
  private final Map<Path, Known> known = new ConcurrentHashMap<>();

  /** What was read of a file that had this size and time. */
  private record Known(long size, long modified, Checked checked) {}

  /** A header, or why there is none. */
  private sealed interface Checked {
    record Good(GgufHeader header) implements Checked {}

    record Bad(String why) implements Checked {}
  }

  /**
   * Opens the folder, which is made if it is not there.
   *
   * @param demonstration file of the demonstration model
   * @param files further models, which are elsewhere and whose names are those of their files; they
   *     are never removed from here
   * @throws IOException also when one of these is no {@code .gguf} file that is there
   */
  public ModelStore(Path folder, Path demonstration, List<Path> files) throws IOException {
    for (Path file : files) {
      ModelReference reference =
          ModelReference.ofFile(String.valueOf(file.getFileName()))
              .filter(name -> Files.isRegularFile(file))
              .orElseThrow(() -> new IOException(file + " is no .gguf file that is there"));
      further.put(reference, file.toRealPath());
    }
    Files.createDirectories(folder);
    this.folder = folder.toRealPath();
    this.demonstration = demonstration.toRealPath();
  }

  /** Where a file of this key is put together before it is a model of this folder. */
  public Path partial(String key) {
    return folder.resolve("." + key.replace('/', '+') + PARTIAL);
  }

  /** Removes what was left of downloads that nobody went on with for a week. */
  public void sweep() throws IOException {
    Instant old = Instant.now().minus(KEPT);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".*" + PARTIAL)) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Whether the model is here and its file has this digest. */
  public boolean has(ModelReference reference, String sha256) throws IOException {
    Path file = fileOf(reference);
    return isHere(file) && digests.of(file).orElse("").equals(sha256);
  }

  /**
   * Makes a finished file the model of this name; one that was there before is replaced.
   *
   * @param sha256 of the file, in hexadecimal
   * @throws GgufException when it is none; it is removed then
   */
  public void add(ModelReference reference, Path finished, String sha256) throws IOException {
    try {
      GgufHeader.read(finished);
    } catch (GgufException e) {
      Files.delete(finished);
      throw e;
    }
    Path file = fileOf(reference);
    Files.move(finished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    digests.record(file, sha256);
  }

  /** The file of the model that the name means; empty when there is none. */
  public Optional<Path> find(String name) {
    if (DemonstrationModel.isNamed(name)) {
      return Optional.of(demonstration);
    }
    Optional<ModelReference> reference = ModelReference.parse(name);
    Optional<Path> elsewhere = reference.map(further::get);
    return elsewhere.isPresent() ? elsewhere : reference.map(this::fileOf).filter(this::isHere);
  }

  /** Where the model's file is, or would be. */
  Path fileOf(ModelReference reference) {
    return folder.resolve(reference.fileName());
  }

  private boolean isHere(Path file) {
    try {
      return Files.isRegularFile(file) && file.toRealPath().startsWith(folder);
    } catch (IOException e) {
      return false;
    }
  }

  /** The model that the name means, described; empty when there is none. */
  public Optional<StoredModel> describe(String name) throws IOException {
    Optional<Path> file = find(name);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    return switch (checked(file.get())) {
      case Checked.Good(GgufHeader header) -> Optional.of(stored(file.get(), header));
      case Checked.Bad(String why) -> throw new GgufException(why);
    };
  }

  /**
   * The file of the model that the name means, if it can be run; empty when there is none.
   *
   * @throws GgufException when its head cannot be believed
   */
  public Optional<Path> sound(String name) throws IOException {
    Optional<Path> file = find(name);
    if (file.isPresent() && checked(file.get()) instanceof Checked.Bad(String why)) {
      throw new GgufException(why);
    }
    return file;
  }

  /** All that can be run, the newest first as Ollama lists them, the demonstration model last. */
  public List<StoredModel> list() throws IOException {
    List<StoredModel> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.gguf")) {
      for (Path file : files) {
        if (!isHere(file)) {
          leftOut.tell(file, "it is no file of this folder");
        } else if (!isHidden(file)) {
          described(file).ifPresent(found::add);
        }
      }
    }
    further.values().forEach(file -> described(file).ifPresent(found::add));
    found.sort(
        Comparator.comparing(StoredModel::modified).reversed().thenComparing(StoredModel::name));
    described(demonstration).ifPresent(found::add);
    return found;
  }

  private Optional<String> nameOf(Path file) {
    return file.equals(demonstration)
        ? Optional.of(DemonstrationModel.NAME)
        : ModelReference.ofFile(file.getFileName().toString()).map(ModelReference::name);
  }

  private boolean isHidden(Path file) {
    return ModelReference.ofFile(file.getFileName().toString())
        .map(
            reference ->
                DemonstrationModel.isNamed(reference.name()) || further.containsKey(reference))
        .orElse(true);
  }

  private Optional<StoredModel> described(Path file) {
    try {
      return checked(file) instanceof Checked.Good(GgufHeader header)
          ? Optional.of(stored(file, header))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // removed meanwhile
    }
  }

  private StoredModel stored(Path file, GgufHeader header) throws IOException {
    return new StoredModel(
        nameOf(file).orElseThrow(),
        file,
        digests.of(file).orElse(""),
        header.size(),
        Files.getLastModifiedTime(file).toInstant(),
        header);
  }

  private Checked checked(Path file) throws IOException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    long modified = now.lastModifiedTime().toMillis();
    Known before = known.get(file);
    if (before != null && before.size == now.size() && before.modified == modified) {
      return before.checked;
    }
    Checked checked;
    try {
      checked = new Checked.Good(GgufHeader.read(file));
    } catch (GgufException e) {
      checked = new Checked.Bad(e.why());
      leftOut.tell(file, e.why());
    }
    known.put(file, new Known(now.size(), modified, checked));
    return checked;
  }

  /** Why the model cannot be removed; empty when it can be, or is not there. */
  public Optional<String> whyKept(String name) {
    if (DemonstrationModel.isNamed(name)) {
      return Optional.of("it is a part of the program");
    }
    return ModelReference.parse(name)
        .filter(further::containsKey)
        .map(reference -> "its file is named by a setting, and is left to whoever set that");
  }

  /** Removes a model; false when there is none of this name, or it is kept. */
  public boolean remove(String name) throws IOException {
    Optional<Path> file =
        ModelReference.parse(name)
            .filter(reference -> !DemonstrationModel.isNamed(name))
            .filter(reference -> !further.containsKey(reference))
            .map(this::fileOf)
            .filter(each -> Files.exists(each, LinkOption.NOFOLLOW_LINKS));
    if (file.isEmpty()) {
      return false;
    }
    known.remove(file.get());
    digests.forget(file.get());
    return Files.deleteIfExists(file.get());
  }
}
