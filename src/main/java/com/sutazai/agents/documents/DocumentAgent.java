package com.sutazai.agents.documents;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.AgentWork;
import com.sutazai.agents.Payload;
import com.sutazai.agents.TaskAgent;
import com.sutazai.platform.caller.Scope;
import java.util.List;

/**
 * Runs tasks of type {@code search_documents}: finds passages of the owner's documents. The payload
 * is {@code {query, top_k?}}; the result has {@code passages} as {@code GET /api/documents/search}
 * answers them.
 */
@TaskAgent(
    name = "document-worker",
    type = "documents",
    capabilities = {"search_documents", "full_text_search"},
    taskTypes = "search_documents",
    scopes = Scope.DOCUMENTS_READ,
    concurrency = 4)
class DocumentAgent implements AgentWork {
  private final Documents documents;
  private final ObjectMapper json;

  DocumentAgent(Documents documents, ObjectMapper json) {
    this.documents = documents;
    this.json = json;
  }

  @Override
  public AgentAnswer run(AgentCall call) {
    Payload payload = Payload.of(call, "query", "top_k");
    String query = payload.required("query", Documents.LONGEST_QUESTION);
    int most = payload.whole("top_k", 1, Documents.MOST_FOUND, 5);
    List<Passage> found = documents.search(call.owner(), query, most);
    ObjectNode result = json.createObjectNode().put("query", query).put("found", found.size());
    result.set("passages", json.valueToTree(found));
    return new AgentAnswer.Done(result);
  }
}
