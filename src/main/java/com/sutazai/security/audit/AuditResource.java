package com.sutazai.security.audit;

import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import com.sutazai.platform.sql.Database;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/audit}. */
@Path("/api{version:(/v1)?}/audit")
@Tag(name = "Callers")
@RunOnVirtualThread
@Requires.Admin
class AuditResource {
  private final Database database;
  private final AuditRepository repository;
  private final AuditQueue queue;

  AuditResource(Database database, AuditRepository repository, AuditQueue queue) {
    this.database = database;
    this.repository = repository;
    this.queue = queue;
  }

  @Operation(
      summary =
          "What administrators did and what was refused, newest first; of names an owner, from and to are times")
  @GET
  public Page<AuditEvent> find(
      @QueryParam("of") @Nullable String of,
      @QueryParam("action") @Nullable String action,
      @QueryParam("outcome") @Nullable String outcome,
      @QueryParam("address") @Nullable String address,
      @QueryParam("from") @Nullable String from,
      @QueryParam("to") @Nullable String to,
      @QueryParam("limit") @Nullable Integer limit,
      @QueryParam("cursor") @Nullable String cursor) {
    var search =
        new AuditSearch(
            of,
            action,
            outcome,
            address,
            AuditSearch.time("from", from),
            AuditSearch.time("to", to));
    int most = Pages.limit(limit);
    queue.flush();
    List<AuditEvent> rows = repository.find(database, Pages.after(cursor), search, most + 1);
    return Pages.of(rows, most, AuditEvent::id);
  }
}
