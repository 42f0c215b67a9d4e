package com.sutazai.boot;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.error.StartException;
import com.sutazai.security.key.Commands;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;

/** Does what the program was asked for when its database is there, and ends the start. */
@ApplicationScoped
class CommandRun {
  private final Commands commands;

  CommandRun(Commands commands) {
    this.commands = commands;
  }

  /** After the schema is there, and before anything works with it. */
  void run(@Observes @Priority(10) StartupEvent event) {
    Command command = Command.pending();
    if (command == null) {
      return;
    }
    try {
      System.out.println(answer(command));
    } catch (ProblemException e) {
      throw new StartException(e.detail(), e);
    }
    throw new Command.Done();
  }

  private String answer(Command command) {
    String owner = command.option("--owner");
    if (command.what().equals(Command.MAKE_USER)) {
      String role = command.option("--role");
      return commands.makeUser(
          command.option("--email"),
          Command.password(),
          owner,
          role == null ? null : List.of(role));
    }
    String scopes = command.option("--scopes");
    String name = command.option("--name");
    return commands.makeKey(
        name == null ? "made by a command" : name,
        owner,
        command.option("--admin") != null
            ? List.of("admin")
            : scopes == null ? List.of() : List.of(scopes.split(",")));
  }
}
