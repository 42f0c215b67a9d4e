package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A loaded library of llama.cpp. It stays loaded until the process ends. */
public final class Library {
  private final Build build;
  private final String origin;
  final ModelFunctions models;
  final VocabularyFunctions vocabularies;
  final ContextFunctions contexts;
  final CacheFunctions caches;
  final SamplerFunctions samplers;
  final TemplateFunctions templates;

  /**
   * Binds its functions and makes sure that it is laid out as its build should be.
   *
   * @param origin where it came from, for people
   * @param backends folder with the library's variants for different processors; empty if it has
   *     none
   * @throws UnusableLibraryException if it is another build, or none of llama.cpp
   */
  Library(SymbolLookup lookup, String origin, Optional<Path> backends) {
    var symbols = new Symbols(lookup);
    this.origin = origin;
    build = Build.of(symbols);
    models = new ModelFunctions(symbols, build);
    vocabularies = new VocabularyFunctions(symbols);
    contexts = new ContextFunctions(symbols, build);
    caches = new CacheFunctions(symbols, build);
    samplers = new SamplerFunctions(symbols, build);
    templates = new TemplateFunctions(symbols);
    models.check(build);
    contexts.check(build);
    NativeLog.attach(symbols);
    backends.ifPresent(folder -> loadBackends(symbols, folder));
    var begin = symbols.call("llama_backend_init", FunctionDescriptor.ofVoid());
    Native.order(
        () -> {
          begin.invokeExact();
        });
  }

  private static void loadBackends(Symbols symbols, Path folder) {
    var load = symbols.call("ggml_backend_load_all_from_path", FunctionDescriptor.ofVoid(ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(folder.toString());
      Native.order(
          () -> {
            load.invokeExact(path);
          });
    }
  }

  public Build build() {
    return build;
  }

  public String origin() {
    return origin;
  }

  /** Writes a chat as a prompt; empty if llama.cpp does not know the template. */
  public Optional<String> chat(String template, List<Message> messages) {
    if (template.indexOf(0) >= 0) {
      return Optional.empty();
    }
    return templates.apply(template, messages);
  }
}
