package com.sutazai.testing;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a process tells about its distribution over RabbitMQ. */
public final class BrokerMeters {
  private BrokerMeters() {}

  public static void awaitConnected(Product node) {
    await().atMost(Duration.ofMinutes(2)).until(() -> value(node, "queue_broker_connected") == 1);
  }

  public static void awaitDisconnected(Product node) {
    await().atMost(Duration.ofMinutes(1)).until(() -> value(node, "queue_broker_connected") == 0);
  }

  public static long published(Product node, String outcome) throws Exception {
    return value(node, "queue_broker_published_total{outcome=\"" + outcome + "\"}");
  }

  public static long received(Product node, String outcome) throws Exception {
    return value(node, "queue_broker_received_total{outcome=\"" + outcome + "\"}");
  }

  public static long fallbackClaims(Product node) throws Exception {
    return value(node, "queue_broker_fallback_claims_total");
  }

  private static long value(Product node, String series) throws Exception {
    Matcher line =
        Pattern.compile("^" + Pattern.quote(series) + " (\\S+)$", Pattern.MULTILINE)
            .matcher(node.get("/metrics").body());
    if (!line.find()) {
      throw new AssertionError("There is no " + series);
    }
    return (long) Double.parseDouble(line.group(1));
  }
}
