package com.sutazai.inference.batch;

import com.sutazai.resources.ResourceType;
import com.sutazai.resources.Supply;
import jakarta.inject.Singleton;

/** Slots of model servers as a resource: what leases have of them, requests do not get. */
@Singleton
class ModelSlots implements Supply {
  private final Batcher batcher;

  ModelSlots(Batcher batcher) {
    this.batcher = batcher;
  }

  @Override
  public ResourceType type() {
    return ResourceType.MODEL_SLOTS;
  }

  @Override
  public long capacity() {
    return batcher.slots();
  }

  @Override
  public long used() {
    return batcher.used();
  }

  @Override
  public boolean tryReserve(long amount) {
    return batcher.tryReserve(amount);
  }

  @Override
  public void giveBack(long amount) {
    batcher.unreserve(amount);
  }

  @Override
  public void want(long amount) {
    batcher.want(amount);
  }

  @Override
  public void whenFree(Runnable listener) {
    batcher.whenFreed(listener);
  }
}
