package com.sutazai.engine.server;

import com.sutazai.engine.decode.EngineException;
import com.sutazai.engine.decode.EngineException.Kind;
import com.sutazai.engine.model.GgufException;
import com.sutazai.engine.model.ModelStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The models of a store: a file whose head cannot be believed is refused before it is loaded. */
final class StoredFiles implements ModelFiles {
  private final ModelStore store;

  StoredFiles(ModelStore store) {
    this.store = store;
  }

  @Override
  public Optional<Path> find(String name) {
    try {
      return store.sound(name);
    } catch (GgufException e) {
      throw new EngineException(
          Kind.UNRUNNABLE_MODEL, "model '" + name + "' cannot be run: " + e.why());
    } catch (IOException e) {
      throw new EngineException(
          Kind.FAILED, "model '" + name + "' cannot be read: " + e.getMessage());
    }
  }
}
