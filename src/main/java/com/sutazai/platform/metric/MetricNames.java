package com.sutazai.platform.metric;

/**
 * Names of all meters as Micrometer takes them: a timer {@code x} is exposed as {@code x_seconds},
 * a counter {@code x} as {@code x_total}. Label values come from registered handlers, models and
 * route templates; the rest is {@link #OTHER}.
 */
public final class MetricNames {
  public static final String REQUESTS = "app_requests";
  public static final String REQUEST_DURATION = "app_request_duration";
  public static final String REQUESTS_PER_SECOND = "app_requests_per_second";
  public static final String REQUESTS_OPEN = "app_requests_open";
  public static final String REQUESTS_LIMIT = "app_requests_limit";
  public static final String REQUESTS_REFUSED = "app_requests_refused";
  public static final String CONNECTIONS = "app_connections";
  public static final String CONNECTIONS_LIMIT = "app_connections_limit";
  public static final String CONNECTIONS_REFUSED = "app_connections_refused";
  public static final String CONNECTIONS_SLOW = "app_connections_slow";
  public static final String ACTIVE_CONNECTIONS = "app_active_connections";
  public static final String MEMORY = "app_memory_bytes";
  public static final String MEMORY_LIMIT = "app_memory_limit_bytes";
  public static final String CPU_USAGE = "app_cpu_usage_ratio";
  public static final String MODEL_INFERENCE = "model_inference";
  public static final String MODEL_TIME_TO_FIRST_TOKEN = "model_time_to_first_token";
  public static final String MODEL_TOKENS = "model_tokens";
  public static final String MODEL_REQUESTS_COLLAPSED = "model_requests_collapsed";
  public static final String MODEL_HEDGES = "model_hedges";
  public static final String MODEL_QUEUE_DEPTH = "model_queue_depth";
  public static final String MODEL_QUEUE_REFUSED = "model_queue_refused";
  public static final String MODEL_BATCH_SIZE = "model_batch_size";
  public static final String MODEL_SLOTS = "model_slots";
  public static final String MODEL_SLOTS_USED = "model_slots_used";
  public static final String MODEL_USAGE_ROWS = "model_usage_rows";
  public static final String MODEL_USAGE_ROWS_LIMIT = "model_usage_rows_limit";
  public static final String ENGINE_MEMORY = "model_engine_memory_bytes";
  public static final String ENGINE_STARTS = "model_engine_starts";
  public static final String CACHE_HITS = "cache_hits";
  public static final String CACHE_MISSES = "cache_misses";
  public static final String CACHE_COLLAPSED = "cache_collapsed";
  public static final String CACHE_AWAITED = "cache_awaited";
  public static final String CACHE_TIER_HITS = "cache_tier_hits";
  public static final String CACHE_EVICTIONS = "cache_evictions";
  public static final String CACHE_OUTDATED = "cache_outdated";
  public static final String CACHE_BYTES = "cache_bytes";
  public static final String CACHE_BYTES_LIMIT = "cache_bytes_limit";
  public static final String CIRCUIT_BREAKER_STATE = "circuit_breaker_state";
  public static final String DATABASE_QUERY_DURATION = "db_query_duration";
  public static final String DATABASE_CONNECTIONS = "db_pool_connections";
  public static final String DATABASE_CONNECTIONS_MAX = "db_pool_connections_max";
  public static final String AGENT_PROCESSING_DURATION = "agent_processing_duration";
  public static final String AGENT_REQUESTS = "agent_request";
  public static final String AGENT_QUEUE_LATENCY = "agent_queue_latency";
  public static final String TASK_QUEUE_DEPTH = "task_queue_depth";
  public static final String TASK_QUEUE_LIMIT = "task_queue_limit";
  public static final String QUEUE_BROKER_CONNECTED = "queue_broker_connected";
  public static final String QUEUE_BROKER_PUBLISHED = "queue_broker_published";
  public static final String QUEUE_BROKER_RECEIVED = "queue_broker_received";
  public static final String QUEUE_BROKER_FALLBACK_CLAIMS = "queue_broker_fallback_claims";
  public static final String RESOURCE_LIMIT = "resource_limit";
  public static final String RESOURCE_IN_USE = "resource_in_use";
  public static final String RESOURCE_WAITING = "resource_waiting";
  public static final String RESOURCE_LEASES = "resource_leases";
  public static final String GRAPH_CHANGES_WAITING = "graph_changes_waiting";
  public static final String GRAPH_ANSWERS = "graph_answers";
  public static final String TASKS = "tasks";
  public static final String QUOTA_PROCESSES = "quota_processes";
  public static final String QUOTA_REFUSED = "quota_refused";
  public static final String SCHEDULE_RUNS = "schedule_runs";
  public static final String TASKS_REMOVED = "tasks_removed";
  public static final String WORKFLOWS = "workflows";
  public static final String TASK_CALLBACKS = "task_callbacks";
  public static final String AUDIT_LOST = "audit_lost";

  /** Value of a label whose own value is not from a closed set. */
  public static final String OTHER = "other";

  private MetricNames() {}
}
