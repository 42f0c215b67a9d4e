package com.sutazai.gateway.batch;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.json.Check;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /v1/files}. */
@Path(FileResource.PATH)
@Tag(name = "OpenAI batches")
@RunOnVirtualThread
@Consumes(MediaType.WILDCARD)
@Requires.ModelsUse
class FileResource {
  static final String PATH = "/v1/files";
  private static final int MOST = 10_000;
  private static final int BY_DEFAULT = 1_000;

  private final Files files;
  private final CurrentCaller caller;

  FileResource(Files files, CurrentCaller caller) {
    this.files = files;
    this.caller = caller;
  }

  /** What the form of an upload has; it is read as it comes. */
  @Schema(name = "Upload")
  interface Upload {
    @Schema(description = "Requests, one in each line (JSONL)", format = "binary")
    String getFile();

    @Schema(enumeration = "batch")
    String getPurpose();
  }

  @Operation(summary = "Upload the input of a batch")
  @POST
  public StoredFile upload(
      @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String type,
      @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable Long declared,
      @RequestBody(
              content =
                  @Content(
                      mediaType = MediaType.MULTIPART_FORM_DATA,
                      schema = @Schema(implementation = Upload.class)))
          InputStream body)
      throws IOException {
    return files.store(caller.get(), type, declared, body);
  }

  @Operation(summary = "The caller's files, newest first, or oldest with order=asc")
  @GET
  public Listing<StoredFile> list(
      @QueryParam("purpose") @Nullable String purpose,
      @QueryParam("after") @Nullable String after,
      @QueryParam("order") @Nullable String order,
      @QueryParam("limit") @Nullable String limit) {
    boolean oldestFirst = order != null && Check.oneOf("order", order, "desc", "asc") == 1;
    return files.list(
        caller.get(),
        purpose,
        WireId.after(after, true),
        oldestFirst,
        Limit.of(limit, MOST, BY_DEFAULT));
  }

  @Operation(summary = "One file")
  @GET
  @Path("/{id}")
  public StoredFile read(@PathParam("id") String id) {
    return files.find(caller.get(), WireId.parseFile(id));
  }

  @Operation(summary = "What the file holds")
  @GET
  @Path("/{id}/content")
  @Produces({MediaType.APPLICATION_OCTET_STREAM, MediaType.WILDCARD})
  public Response content(@PathParam("id") String text) {
    Caller reader = caller.get();
    UUID id = WireId.parseFile(text);
    StoredFile file = files.find(reader, id);
    StreamingOutput content = to -> files.copy(id, to);
    return Response.ok(content, MediaType.APPLICATION_OCTET_STREAM_TYPE)
        .header(HttpHeaders.CONTENT_LENGTH, file.bytes())
        .build();
  }

  @Operation(summary = "Delete a file that no unfinished batch reads")
  @DELETE
  @Path("/{id}")
  public StoredFile.Deleted delete(@PathParam("id") String id) {
    files.delete(caller.get(), WireId.parseFile(id));
    return new StoredFile.Deleted(id, "file", true);
  }
}
