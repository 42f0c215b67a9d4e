package com.sutazai.monitoring;

import com.sutazai.security.key.AccessMode;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * {@code /q/health/ready}: up while tasks can be taken in. What else is down or degraded is told
 * beside it and does not count: the program works without. With credentials it is not told here,
 * where everybody may ask, but by {@code /health}.
 */
@Readiness
@ApplicationScoped
class TakesTasks implements HealthCheck {
  private final HealthOfParts parts;
  private final AccessMode mode;

  TakesTasks(HealthOfParts parts, AccessMode mode) {
    this.parts = parts;
    this.mode = mode;
  }

  @Override
  public HealthCheckResponse call() {
    var answer = HealthCheckResponse.named("takes tasks").status(parts.takesTasks());
    if (!mode.closed()) {
      parts.all().forEach(answer::withData);
    }
    return answer.build();
  }
}
