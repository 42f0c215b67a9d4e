package com.sutazai.engine.llama;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * A native image can make only the calls whose shapes it was told of when it was built. They are in
 * the file beside the resources; what it should say is written to target/ when it says something
 * else.
 */
class NativeShapesTest {
  private static final String FILE =
      "/META-INF/native-image/com.sutazai/sutazai/reachability-metadata.json";
  private static final Path EXPECTED = Path.of("target/reachability-metadata.json");

  @Test
  void the_native_image_knows_the_shape_of_each_call_of_both_builds() throws IOException {
    // Given
    JsonObject expected = metadata();
    Files.writeString(EXPECTED, expected.encodePrettily() + "\n");

    // When
    JsonObject told = told();

    // Then
    assertThat(told).as("copy %s over the file", EXPECTED).isEqualTo(expected);
  }

  @Test
  void the_library_that_the_program_carries_has_no_other_call() {
    // When
    Library library = new LibrarySearch(Optional.empty(), List.of()).load();

    // Then
    assertThat(shapes(Build.B4916)).containsAll(library.shapes());
  }

  private static JsonObject told() throws IOException {
    try (InputStream file = NativeShapesTest.class.getResourceAsStream(FILE)) {
      return file == null
          ? new JsonObject()
          : new JsonObject(new String(file.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static Set<FunctionDescriptor> shapes(Build build) {
    return Library.shapes(new Symbols(name -> Optional.of(MemorySegment.ofAddress(1))), build);
  }

  private static JsonObject metadata() {
    Set<String> downcalls = new TreeSet<>();
    for (Build build : Build.values()) {
      shapes(build).forEach(shape -> downcalls.add(json(shape).encode()));
    }
    var calls = new JsonArray();
    downcalls.forEach(each -> calls.add(new JsonObject(each)));
    JsonObject upcall =
        new JsonObject()
            .put("class", NativeLog.class.getName())
            .put("method", "write")
            .mergeIn(json(NativeLog.WRITE));
    return new JsonObject()
        .put(
            "foreign",
            new JsonObject()
                .put("downcalls", calls)
                .put("directUpcalls", new JsonArray().add(upcall)));
  }

  private static JsonObject json(FunctionDescriptor shape) {
    return new JsonObject()
        .put("returnType", shape.returnLayout().map(NativeShapesTest::word).orElse("void"))
        .put("parameterTypes", new JsonArray(words(shape.argumentLayouts())));
  }

  private static List<String> words(List<MemoryLayout> layouts) {
    return layouts.stream().map(NativeShapesTest::word).toList();
  }

  private static String word(MemoryLayout layout) {
    return switch (layout) {
      case AddressLayout address -> "void*";
      case PaddingLayout padding -> "padding(" + padding.byteSize() + ")";
      case StructLayout struct ->
          struct.memberLayouts().stream()
              .map(NativeShapesTest::word)
              .collect(Collectors.joining(",", "struct(", ")"));
      case ValueLayout value -> "j" + value.carrier().getName();
      default -> throw new IllegalArgumentException(layout.toString());
    };
  }
}
