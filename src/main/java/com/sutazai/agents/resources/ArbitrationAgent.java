package com.sutazai.agents.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.BuiltInAgent;
import com.sutazai.agents.Payload;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.resources.LeaseRequest;
import com.sutazai.resources.Resources;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Runs tasks of the types {@code allocate_resources} (the fields of {@code POST
 * /api/resources/leases}; the lease has the task's id, so a second try of the task gets the same
 * one), {@code release_resources} ({@code lease_id}) and {@code resource_status}. Leases belong to
 * the task's owner and are those of the process that ran the task.
 */
@Singleton
class ArbitrationAgent implements BuiltInAgent {
  private static final String ALLOCATE = "allocate_resources";
  private static final String RELEASE = "release_resources";
  private static final String STATUS = "resource_status";
  private static final Set<String> LEASE_FIELDS =
      Set.of(
          "type",
          "amount",
          "holder",
          "priority",
          "duration_seconds",
          "wait_seconds",
          "preemptible");

  private final Resources resources;
  private final ObjectMapper json;

  ArbitrationAgent(Resources resources, ObjectMapper json) {
    this.resources = resources;
    this.json = json;
  }

  @Override
  public String name() {
    return "resource-arbitration-agent";
  }

  @Override
  public String type() {
    return "resource";
  }

  @Override
  public List<String> capabilities() {
    return List.of("resource_allocation", "capacity_management", "resource_monitoring");
  }

  @Override
  public Set<String> taskTypes() {
    return Set.of(ALLOCATE, RELEASE, STATUS);
  }

  @Override
  public Set<Scope> scopes(String taskType) {
    return Set.of(Scope.RESOURCES_USE);
  }

  /** They wait more than they work, and the ledger bounds how many wait. */
  @Override
  public int concurrency() {
    return 15;
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    Caller owner = call.caller();
    return new AgentAnswer.Done(
        switch (call.taskType()) {
          case ALLOCATE -> allocate(owner, call);
          case RELEASE -> release(owner, call.payload());
          default -> status(owner, call.payload());
        });
  }

  private JsonNode allocate(Caller owner, AgentCall call) throws InterruptedException {
    Payload payload = Payload.of(call.payload(), LEASE_FIELDS);
    var request =
        new LeaseRequest(
            payload.text("type"),
            payload.number("amount"),
            payload.text("holder"),
            payload.whole("priority"),
            payload.whole("duration_seconds"),
            payload.whole("wait_seconds"),
            payload.choice("preemptible"));
    return json.valueToTree(resources.lease(owner, request, call.taskId()));
  }

  /** A lease that has ended is no failure: an earlier try may have released it. */
  private JsonNode release(Caller owner, JsonNode fields) {
    String id = Payload.of(fields, Set.of("lease_id")).required("lease_id", 100);
    ObjectNode result = json.createObjectNode();
    result.put("lease_id", id);
    result.put("released", resources.release(owner, uuid(id)));
    return result;
  }

  private static UUID uuid(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid("payload.lease_id", "must be the id of a lease");
    }
  }

  private JsonNode status(Caller owner, JsonNode fields) {
    Payload.of(fields, Set.of());
    ObjectNode result = json.valueToTree(resources.status());
    result.set("leases", json.valueToTree(resources.leases(owner)));
    return result;
  }
}
