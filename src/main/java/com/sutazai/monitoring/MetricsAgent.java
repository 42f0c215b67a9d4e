package com.sutazai.monitoring;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.AgentWork;
import com.sutazai.agents.Payload;
import com.sutazai.agents.TaskAgent;

/**
 * Runs tasks of type {@code export_metrics}: what {@code GET /api/v1/metrics} answers, so that a
 * workflow or a schedule can keep it. {@code {name}} narrows it to metrics whose name begins so.
 */
@TaskAgent(
    name = "ai-metrics-exporter",
    type = "monitoring",
    capabilities = {"metrics", "monitoring", "telemetry"},
    taskTypes = "export_metrics",
    concurrency = 4)
class MetricsAgent implements AgentWork {
  private final MetricsReport report;
  private final ObjectMapper json;

  MetricsAgent(MetricsReport report, ObjectMapper json) {
    this.report = report;
    this.json = json;
  }

  @Override
  public AgentAnswer run(AgentCall call) {
    String name = Payload.of(call, "name").text("name");
    return new AgentAnswer.Done(json.valueToTree(report.of(name == null ? "" : name)));
  }
}
