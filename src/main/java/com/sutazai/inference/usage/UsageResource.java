package com.sutazai.inference.usage;

import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/usage}. */
@Path("/api{version:(/v1)?}/usage")
@RunOnVirtualThread
@Tag(name = "Models")
@Requires.ModelsUse
class UsageResource {
  private final UsageReports reports;
  private final CurrentCaller caller;

  UsageResource(UsageReports reports, CurrentCaller caller) {
    this.reports = reports;
    this.caller = caller;
  }

  @GET
  @Operation(
      summary =
          "Requests, tokens, time and cost of the caller's use of models, by day (UTC) and model; the last 30 days unless from and to say otherwise")
  public UsageReport report(
      @QueryParam("from") @Nullable String from,
      @QueryParam("to") @Nullable String to,
      @QueryParam("group_by") @Nullable String groupBy,
      @QueryParam("owner") @Nullable String owner) {
    return reports.report(caller.get(), owner, UsageQuery.of(from, to, groupBy, reports.today()));
  }
}
