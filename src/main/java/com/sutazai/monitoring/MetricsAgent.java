package com.sutazai.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.BuiltInAgent;
import com.sutazai.platform.error.ProblemException;
import jakarta.inject.Singleton;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Runs tasks of type {@code export_metrics}: what {@code GET /api/v1/metrics} answers, so that a
 * workflow or a schedule can keep it. {@code {name}} narrows it to metrics whose name begins so.
 */
@Singleton
class MetricsAgent implements BuiltInAgent {
  private static final int AT_ONCE = 4;

  private final MetricsReport report;
  private final ObjectMapper json;

  MetricsAgent(MetricsReport report, ObjectMapper json) {
    this.report = report;
    this.json = json;
  }

  @Override
  public String name() {
    return "ai-metrics-exporter";
  }

  @Override
  public String type() {
    return "monitoring";
  }

  @Override
  public List<String> capabilities() {
    return List.of("metrics", "monitoring", "telemetry");
  }

  @Override
  public Set<String> taskTypes() {
    return Set.of("export_metrics");
  }

  @Override
  public int concurrency() {
    return AT_ONCE;
  }

  @Override
  public AgentAnswer run(AgentCall call) {
    for (Iterator<String> names = call.payload().fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!name.equals("name")) {
        throw ProblemException.invalid("payload." + name, "is not a known field; known is name");
      }
    }
    JsonNode name = call.payload().path("name");
    if (!name.isMissingNode() && !name.isTextual()) {
      throw ProblemException.invalid("payload.name", "must be a text that names begin with");
    }
    return new AgentAnswer.Done(json.valueToTree(report.of(name.asText(""))));
  }
}
