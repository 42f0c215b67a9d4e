package com.sutazai.tasks.callback;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.error.StartException;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What callbacks are signed with: the secret that is set, else one of the owner's own, which is
 * made at its first use and kept in the database.
 */
@ApplicationScoped
class Secrets {
  private static final int SHORTEST = 16;

  private final CallbackConfig config;
  private final CallbackRepository repository;

  Secrets(CallbackConfig config, CallbackRepository repository) {
    this.config = config;
    this.repository = repository;
  }

  void requireStrength(@Observes @Priority(0) StartupEvent event) {
    config.secret().ifPresent(Secrets::requireStrength);
  }

  static void requireStrength(String secret) {
    int bytes;
    try {
      bytes = Signature.key(secret).length;
    } catch (IllegalArgumentException e) {
      throw new StartException(
          "SUTAZAI_TASKS_CALLBACK_SECRET begins with whsec_, but what follows is no base64.", e);
    }
    if (bytes < SHORTEST) {
      throw new StartException(
          "SUTAZAI_TASKS_CALLBACK_SECRET must have at least "
              + SHORTEST
              + " bytes, for example: export SUTAZAI_TASKS_CALLBACK_SECRET=whsec_$(openssl rand -base64 32)");
    }
  }

  byte[] key(Delivery delivery) {
    @Nullable String own = delivery.ownSecret();
    return Signature.key(
        config
            .secret()
            .or(() -> Optional.ofNullable(own))
            .orElseGet(() -> repository.secret(delivery.owner(), Signature.newSecret())));
  }

  /** The secret that the caller's receivers check with; one that signs for all is the admin's. */
  String of(Caller caller) {
    if (config.secret().isEmpty()) {
      return repository.secret(caller.owner(), Signature.newSecret());
    }
    if (!caller.admin()) {
      throw new ProblemException(
          ErrorCode.FORBIDDEN,
          "One secret signs the callbacks of all owners here; ask the administrator for it.");
    }
    return config.secret().get();
  }
}
