package com.sutazai.tasks.callback;

import java.util.Optional;
import java.util.UUID;

/** What a callback tells; given by the package that knows tasks. */
public interface EndedTask {
  /** The task as {@code GET /api/tasks/{id}} answers it; empty when it has not ended or is gone. */
  Optional<String> json(UUID owner, UUID taskId);
}
