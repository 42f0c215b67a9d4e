package com.sutazai.queue.broker;

import com.rabbitmq.client.ConnectionFactory;
import com.sutazai.platform.error.StartException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;

/**
 * A RabbitMQ address as its users write it, {@code amqp://user:pass@host:5672/vhost}, or {@code
 * amqps://…} for TLS.
 */
record BrokerAddress(
    boolean tls, String host, int port, String user, String password, String virtualHost) {
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  static BrokerAddress parse(String url) {
    URI uri;
    try {
      uri = URI.create(url.strip());
    } catch (IllegalArgumentException e) {
      throw malformed("it is no URL; percent-encode special characters");
    }
    boolean tls = "amqps".equals(uri.getScheme());
    if (!tls && !"amqp".equals(uri.getScheme())) {
      throw malformed("it must begin with amqp:// or amqps://");
    }
    if (uri.getHost() == null) {
      throw malformed("a host is needed");
    }
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    if (path.indexOf('/', 1) > 0) {
      throw malformed("a slash within the virtual host is written %2F");
    }
    String credentials = uri.getRawUserInfo() == null ? "guest:guest" : uri.getRawUserInfo();
    String[] userInfo = credentials.split(":", 2);
    return new BrokerAddress(
        tls,
        uri.getHost(),
        uri.getPort() < 0 ? (tls ? 5671 : 5672) : uri.getPort(),
        decode(userInfo[0]),
        userInfo.length > 1 ? decode(userInfo[1]) : "",
        path.length() < 2 ? "/" : decode(path.substring(1)));
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static StartException malformed(String why) {
    return new StartException(
        "RABBITMQ_URL cannot be read: "
            + why
            + ". Expected amqp://user:password@host:5672/virtual-host.");
  }

  /**
   * Makes connections to it, which do not come back by themselves. With TLS the server's
   * certificate must be one that is trusted, for this host.
   */
  ConnectionFactory connections(Optional<Path> trustCertificate) {
    var factory = new ConnectionFactory();
    factory.setHost(host);
    factory.setPort(port);
    factory.setUsername(user);
    factory.setPassword(password);
    factory.setVirtualHost(virtualHost);
    factory.setAutomaticRecoveryEnabled(false);
    factory.setConnectionTimeout((int) ANSWER_WITHIN.toMillis());
    factory.setHandshakeTimeout((int) ANSWER_WITHIN.toMillis());
    factory.setChannelRpcTimeout((int) ANSWER_WITHIN.toMillis());
    factory.setRequestedHeartbeat((int) HEARTBEAT.toSeconds());
    factory.setThreadFactory(Thread.ofVirtual().factory());
    factory.setSharedExecutor(Executors.newVirtualThreadPerTaskExecutor());
    if (tls) {
      factory.useSslProtocol(BrokerTrust.of(trustCertificate));
      factory.enableHostnameVerification();
    }
    return factory;
  }

  /** The address without credentials, for people. */
  @Override
  public String toString() {
    return host + ":" + port + (virtualHost.equals("/") ? "" : "/" + virtualHost);
  }
}
