package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.engine.EngineOptions;
import com.sutazai.engine.EngineProcess;
import com.sutazai.engine.llama.Library;
import com.sutazai.engine.llama.LibrarySearch;
import com.sutazai.engine.llama.UnusableLibraryException;
import com.sutazai.engine.model.DemonstrationModel;
import com.sutazai.engine.model.ModelStore;
import com.sutazai.engine.pull.Pulls;
import java.io.IOException;
import java.util.List;

/**
 * The engine's process. It says in one line of JSON where it listens, or why it cannot, and lives
 * as long as its standard input: that ends when the program that started it dies. Each byte of it
 * is a look at the engine, and answered in a line when its event loop comes to that.
 */
public final class EngineMain {
  private EngineMain() {}

  /**
   * Serves until the input ends.
   *
   * @return the process's exit status
   */
  public static int run(List<String> arguments) {
    EngineServer server;
    ObjectNode told = JsonNodeFactory.instance.objectNode();
    try {
      EngineOptions options = EngineOptions.parse(arguments);
      var search = new LibrarySearch(options.library(), ProgramFolder.libraries());
      Library library = search.load();
      var store =
          new ModelStore(
              options.models(), DemonstrationModel.in(options.models()), options.files());
      server = new EngineServer(library, options, store, new Pulls(store, options.pulls()));
      told.put("port", server.listen(key()));
      told.put("library", library.origin()).put("build", library.build().title());
      search.reasons().forEach(reason -> told.withArray("refused").add(reason));
    } catch (UnusableLibraryException | IllegalArgumentException e) {
      System.out.println(told.removeAll().put("error", e.getMessage()));
      return 1;
    } catch (IOException e) {
      System.out.println(
          told.removeAll().put("error", "models cannot be read or kept: " + e.getMessage()));
      return 1;
    }
    System.out.println(told);
    answerLooks(server);
    return 0;
  }

  private static String key() {
    String key = System.getenv(EngineProcess.KEY);
    if (key == null || key.isBlank()) {
      throw new IllegalArgumentException(EngineProcess.KEY + " is not set");
    }
    return key;
  }

  private static void answerLooks(EngineServer server) {
    try {
      while (System.in.read() >= 0) {
        server.look().thenAccept(looks -> System.out.println(EngineProcess.LOOKS + looks));
      }
    } catch (IOException e) {
      return; // nobody is there any more
    }
  }
}
