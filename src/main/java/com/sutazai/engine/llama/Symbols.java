package com.sutazai.engine.llama;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The functions of one library. Handles are made here at run time and kept in instances: one that
 * is made while a native image is built would be part of the image, where it means nothing.
 */
final class Symbols {
  private final SymbolLookup lookup;
  private final Set<FunctionDescriptor> shapes = new LinkedHashSet<>();

  Symbols(SymbolLookup lookup) {
    this.lookup = lookup;
  }

  /** A function that must be there. */
  MethodHandle call(String name, FunctionDescriptor shape) {
    MemorySegment address =
        find(name).orElseThrow(() -> new UnusableLibraryException("it has no function " + name));
    shapes.add(shape);
    return Linker.nativeLinker().downcallHandle(address, shape);
  }

  Optional<MemorySegment> find(String name) {
    return lookup.find(name);
  }

  /** The shapes of all calls that were asked for; a native image must know each of them. */
  Set<FunctionDescriptor> shapes() {
    return Set.copyOf(shapes);
  }
}
