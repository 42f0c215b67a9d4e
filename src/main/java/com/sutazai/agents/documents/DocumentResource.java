package com.sutazai.agents.documents;

import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/documents}. */
@Path("/api{version:(/v1)?}/documents")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Documents")
@RunOnVirtualThread
class DocumentResource {
  private static final String EXAMPLE =
      """
      {"name": "manual", "text": "The pump starts when the green button is pressed.", "tags": ["pump"]}\
      """;

  private final Documents documents;
  private final CurrentCaller caller;

  DocumentResource(Documents documents, CurrentCaller caller) {
    this.documents = documents;
    this.caller = caller;
  }

  /** What was found, the best first. */
  @RegisterForReflection
  record Found(List<Passage> items) {}

  @Operation(summary = "The caller's documents without their texts, newest first")
  @Requires.DocumentsRead
  @GET
  public Page<Document> list(
      @QueryParam("limit") @Nullable Integer limit, @QueryParam("cursor") @Nullable String cursor) {
    return documents.list(owner(), Pages.after(cursor), Pages.limit(limit));
  }

  @APIResponseSchema(value = Document.class, responseCode = "201")
  @Operation(summary = "Keep a document, at most 1 MiB of text, and have it found by its words")
  @Requires.DocumentsWrite
  @POST
  public Response make(
      @RequestBody(content = @Content(mediaType = MediaType.APPLICATION_JSON, example = EXAMPLE))
          @Nullable MakeDocument body) {
    if (body == null) {
      throw ProblemException.invalid("body", "is required: send a JSON object");
    }
    Document document = documents.make(owner(), body);
    return Response.created(URI.create("/api/documents/" + document.id())).entity(document).build();
  }

  @Operation(
      summary =
          "Passages that hold the words of q, the best first; \"…\" asks for a phrase, or for either, - for none")
  @Requires.DocumentsRead
  @GET
  @Path("/search")
  public Found search(
      @QueryParam("q") @Nullable String question, @QueryParam("limit") @Nullable Integer limit) {
    String words = Check.text("q", question, Documents.LONGEST_QUESTION);
    int most = Check.range("limit", limit, 1, Documents.MOST_FOUND, 10);
    return new Found(documents.search(owner(), words, most));
  }

  @Operation(summary = "One document with its text")
  @Requires.DocumentsRead
  @GET
  @Path("/{id}")
  public Document read(@PathParam("id") String id) {
    return documents.find(owner(), Ids.parse("document", id));
  }

  @Operation(summary = "Delete a document")
  @Requires.DocumentsWrite
  @DELETE
  @Path("/{id}")
  public void delete(@PathParam("id") String id) {
    documents.delete(owner(), Ids.parse("document", id));
  }

  private UUID owner() {
    return caller.get().owner();
  }
}
