package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A loaded library of llama.cpp. It stays loaded until the process ends. */
public final class Library {
  private static final FunctionDescriptor BEGIN = FunctionDescriptor.ofVoid();
  private static final FunctionDescriptor LOAD = FunctionDescriptor.ofVoid(ADDRESS);

  private final Build build;
  private final String origin;
  final ModelFunctions models;
  final VocabularyFunctions vocabularies;
  final ContextFunctions contexts;
  final CacheFunctions caches;
  final SamplerFunctions samplers;
  final SamplerKinds samplerKinds;
  final TemplateFunctions templates;

  private final Symbols symbols;

  private Library(Symbols symbols, Build build, String origin) {
    this.symbols = symbols;
    this.build = build;
    this.origin = origin;
    models = new ModelFunctions(symbols, build);
    vocabularies = new VocabularyFunctions(symbols);
    contexts = new ContextFunctions(symbols, build);
    caches = new CacheFunctions(symbols, build);
    samplers = new SamplerFunctions(symbols);
    samplerKinds = new SamplerKinds(symbols, build, samplers);
    templates = new TemplateFunctions(symbols);
  }

  /**
   * Binds a library's functions and makes sure that it is laid out as its build should be.
   *
   * @param origin where it came from, for people
   * @param backends folder with its variants for different processors; empty if it has none
   * @throws UnusableLibraryException if it is another build, or none of llama.cpp
   */
  static Library bind(SymbolLookup lookup, String origin, Optional<Path> backends) {
    var symbols = new Symbols(lookup);
    var library = new Library(symbols, Build.of(symbols), origin);
    library.models.check(library.build);
    library.contexts.check(library.build);
    NativeLog.attach(symbols);
    backends.ifPresent(folder -> loadBackends(symbols, folder));
    MethodHandle begin = symbols.call("llama_backend_init", BEGIN);
    Native.order(
        () -> {
          begin.invokeExact();
        });
    return library;
  }

  private static void loadBackends(Symbols symbols, Path folder) {
    MethodHandle load = symbols.call("ggml_backend_load_all_from_path", LOAD);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(folder.toString());
      Native.order(
          () -> {
            load.invokeExact(path);
          });
    }
  }

  /** The shapes of all calls that are made to a build of the library; nothing is called. */
  static Set<FunctionDescriptor> shapes(Symbols symbols, Build build) {
    Set<FunctionDescriptor> shapes = new HashSet<>(new Library(symbols, build, "").shapes());
    shapes.addAll(Set.of(Build.TEXT, NativeLog.SET, BEGIN, LOAD));
    return shapes;
  }

  /** The shapes of the calls that were bound. */
  Set<FunctionDescriptor> shapes() {
    return symbols.shapes();
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
