package com.sutazai.tasks;

import com.sutazai.queue.Poller;
import com.sutazai.resources.Ledger;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Lets tasks that wait for resources begin when some are given back, not at the next poll. */
@ApplicationScoped
class FreedResources {
  private final Ledger ledger;
  private final Poller poller;

  FreedResources(Ledger ledger, Poller poller) {
    this.ledger = ledger;
    this.poller = poller;
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    ledger.whenFreed(poller::wakeWhenCrowded);
  }
}
