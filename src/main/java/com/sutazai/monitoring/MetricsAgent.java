package com.sutazai.monitoring;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.AgentWork;
import com.sutazai.agents.Payload;
import com.sutazai.agents.TaskAgent;
import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.error.ProblemException;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Runs tasks of type {@code export_metrics}: what {@code GET /api/v1/metrics} answers, so that a
 * workflow or a schedule can keep it. {@code {name}} narrows it to metrics whose name begins so,
 * {@code {types}} to some of gauges, counters, timers and summaries.
 */
@TaskAgent(
    name = "ai-metrics-exporter",
    type = "monitoring",
    capabilities = {"metrics", "monitoring", "telemetry"},
    taskTypes = "export_metrics",
    scopes = Scope.METRICS_READ,
    concurrency = 4)
class MetricsAgent implements AgentWork {
  private static final int LONGEST_NAME = 200;
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");

  private final MetricsReport report;
  private final ObjectMapper json;

  MetricsAgent(MetricsReport report, ObjectMapper json) {
    this.report = report;
    this.json = json;
  }

  @Override
  public AgentAnswer run(AgentCall call) {
    Payload payload = Payload.of(call, "name", "types");
    String name = name(payload);
    Set<String> types = payload.some("types", MetricsReport.TYPES);
    return new AgentAnswer.Done(json.valueToTree(report.of(name, types)));
  }

  private static String name(Payload payload) {
    if (payload.json("name") == null) {
      return "";
    }
    String name = payload.required("name", LONGEST_NAME);
    if (!NAME.matcher(name).matches()) {
      throw ProblemException.invalid(
          "payload.name",
          "must be the beginning of a metric's name: letters, digits, _ and :, no digit first");
    }
    return name;
  }
}
