package com.sutazai.inference;

import com.sutazai.inference.Answer.Timings;
import com.sutazai.inference.backend.Usage;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** Writes down how calls of the model servers end. */
@ApplicationScoped
class CallLog implements Call.Observer {
  private final InferenceMetrics metrics;

  CallLog(InferenceMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void firstToken(String model, long nanos) {
    metrics.firstToken(model, nanos);
  }

  @Override
  public void ended(ModelRequest request, String model, @Nullable Usage usage, Timings timings) {
    metrics.answered(model, usage, timings);
  }

  @Override
  public void failed(ModelRequest request, String model, Timings timings) {
    // counted with the requests
  }
}
