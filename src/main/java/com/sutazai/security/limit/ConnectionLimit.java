package com.sutazai.security.limit;

import com.sutazai.platform.metric.MetricNames;
import com.sutazai.security.proxy.Proxies;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.quarkus.vertx.http.HttpServerStart;
import io.quarkus.vertx.http.HttpsServerStart;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Bounds the connections, silent ones too: each is counted when it is taken, and one too many is
 * closed unanswered; {@link Network} says what counts as one address. A proxy that speaks for many
 * callers counts among all alone.
 */
@Singleton
@Named(Doorway.TAKER)
class ConnectionLimit implements Consumer<Channel> {
  private static final Logger LOG = Logger.getLogger(ConnectionLimit.class);
  private static final String ARRIVAL = "sutazai-arrival";

  private final HttpConfig config;
  private final Doors doors;
  private final Proxies proxies;
  private final MeterRegistry registry;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<String, Integer> ofAddress = new ConcurrentHashMap<>();
  private final Set<Pace> paces = ConcurrentHashMap.newKeySet();
  private final Rarely told = new Rarely();

  ConnectionLimit(HttpConfig config, Doors doors, Proxies proxies, MeterRegistry registry) {
    this.proxies = proxies;
    this.config = config;
    this.doors = doors;
    this.registry = registry;
    Gauge.builder(MetricNames.CONNECTIONS, open::get)
        .description("Open HTTP connections, silent ones too")
        .register(registry);
    Gauge.builder(MetricNames.CONNECTIONS_LIMIT, config::maxConnections)
        .description("HTTP connections that may be open at once")
        .register(registry);
  }

  void started(@ObservesAsync HttpServerStart server) {
    doors.add(server.options().getPort());
  }

  void startedWithTls(@ObservesAsync HttpsServerStart server) {
    doors.add(server.options().getPort());
  }

  /** Paces of the open connections. */
  Set<Pace> paces() {
    return paces;
  }

  /** Takes a connection in, or turns it away. */
  @Override
  public void accept(Channel channel) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress from)
        || !(channel.localAddress() instanceof InetSocketAddress at)
        || !doors.has(at.getPort())) {
      return;
    }
    String address = Network.of(from.getAddress());
    if (open.incrementAndGet() > config.maxConnections()) {
      open.decrementAndGet();
      refuse(channel, "total", "sutazai.http.max-connections");
    } else if (!proxies.trusts(from.getAddress())
        && ofAddress.merge(address, 1, Integer::sum) > config.maxConnectionsPerAddress()) {
      leave(address);
      refuse(channel, "address", "sutazai.http.max-connections-per-address");
    } else {
      admit(channel, address);
    }
  }

  private void admit(Channel channel, String address) {
    var pace = new Pace();
    paces.add(pace);
    channel.attr(Pace.KEY).set(pace);
    channel.pipeline().addFirst(ARRIVAL, new Arrival(pace));
    channel
        .closeFuture()
        .addListener(
            closed -> {
              paces.remove(pace);
              leave(address);
            });
  }

  private void leave(String address) {
    open.decrementAndGet();
    ofAddress.computeIfPresent(address, (same, n) -> n == 1 ? null : n - 1);
  }

  private void refuse(Channel channel, String reason, String key) {
    registry.counter(MetricNames.CONNECTIONS_REFUSED, "reason", reason).increment();
    if (told.isDue()) {
      LOG.warnf("Connections are closed unanswered: there are too many (%s)", key);
    }
    channel.pipeline().addFirst(new Refusal());
  }

  /** Puts the pace where bytes are readable, now that it is known whether there is TLS. */
  private static final class Arrival extends ChannelInboundHandlerAdapter {
    private final Pace pace;

    Arrival(Pace pace) {
      this.pace = pace;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ChannelHandlerContext tls = ctx.pipeline().context(SslHandler.class);
      ctx.pipeline().addAfter(tls == null ? ARRIVAL : tls.name(), "sutazai-pace", pace);
      UnreadableHead.install(ctx.pipeline());
      ctx.fireChannelActive();
      ctx.pipeline().remove(this);
    }
  }

  private static final class Refusal extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      var _ = ctx.channel().close();
    }
  }
}
