package com.sutazai.inference;

import com.sutazai.inference.Answer.Timings;
import com.sutazai.inference.ModelRequest.Billing;
import com.sutazai.inference.backend.Usage;
import com.sutazai.inference.usage.UsageRecorder;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Writes down how calls of the model servers end: in the metrics, and as what the owner used. */
@Singleton
class CallLog implements Call.Observer {
  private final InferenceMetrics metrics;
  private final UsageRecorder usages;

  CallLog(InferenceMetrics metrics, UsageRecorder usages) {
    this.metrics = metrics;
    this.usages = usages;
  }

  /** Refuses a call with 503 whose cost could not be written down. */
  void requireRoom() {
    usages.requireRoom();
  }

  @Override
  public void firstToken(String model, long nanos) {
    metrics.firstToken(model, nanos);
  }

  @Override
  public void answered(ModelRequest request, String model, @Nullable Usage usage, Timings timings) {
    metrics.answered(model, usage, timings);
    if (request.billing() == Billing.AT_ITS_END) {
      usages.record(request.caller().owner(), model, timings.outcome(false, usage));
    }
  }

  @Override
  public void failed(ModelRequest request, String model, @Nullable Usage usage, Timings timings) {
    usages.record(request.caller().owner(), model, timings.outcome(true, usage));
  }
}
