package com.sutazai.resources;

import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An allowance that the ledger bounds. */
final class AgentAllowance implements Allowance {
  private final Ledger ledger;
  private final String share;
  private final Needs needs;

  /** What each running task took: the limits that it was taken under may change. */
  private final Queue<Map<ResourceType, Long>> taken = new ConcurrentLinkedQueue<>();

  AgentAllowance(Ledger ledger, String agent, Needs needs) {
    this.ledger = ledger;
    this.share = Holder.agent(agent).share();
    this.needs = needs;
  }

  @Override
  public boolean isFree() {
    return false;
  }

  @Override
  public int room() {
    return ledger.room(share, needs);
  }

  @Override
  public boolean tryTake() {
    var one = ledger.take(share, needs);
    one.ifPresent(taken::add);
    return one.isPresent();
  }

  @Override
  public void giveBack() {
    ledger.giveBack(share, Objects.requireNonNull(taken.poll(), "more given back than taken"));
  }
}
