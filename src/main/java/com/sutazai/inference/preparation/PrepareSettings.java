package com.sutazai.inference.preparation;

import com.sutazai.inference.preparation.PrepareServer.Settings;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Puts together what is set and what the machine has. */
@Singleton
class PrepareSettings {
  @Produces
  @Singleton
  Settings settings(PrepareConfig prepare, RunnerConfig runner) {
    return new Settings(prepare, runner, Runtime.getRuntime().availableProcessors());
  }
}
