package com.sutazai.monitoring;

import com.sutazai.platform.caller.Requires;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/metrics}: what {@code /metrics} has, as JSON. */
@Path("/api/v1/metrics")
@RunOnVirtualThread
@Tag(name = "Operation")
@Requires.MetricsRead
class MetricsResource {
  private final MetricsReport report;

  MetricsResource(MetricsReport report) {
    this.report = report;
  }

  @GET
  @Operation(
      summary = "The metrics as JSON, with counts of the last one and five minutes",
      description = "name narrows it to metrics whose name begins so")
  public MetricsReport.Report read(@QueryParam("name") @Nullable String name) {
    return report.of(name == null ? "" : name);
  }
}
