package com.sutazai.security.proxy;

import com.sutazai.platform.error.StartException;
import com.sutazai.platform.net.AddressBlock;
import com.sutazai.platform.net.AddressLiteral;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells where requests come from: from who made the connection, unless that is a proxy of {@code
 * sutazai.http.trusted-proxies}. Its list of callers is then read from the end, which that proxy
 * wrote, up to the first one that is no such proxy; what stands before it anybody can have written
 * (CWE-348). The framework's own setting believes the beginning of the list.
 */
@Singleton
public class Proxies {
  private static final String FOR = "X-Forwarded-For";
  private static final String PROTO = "X-Forwarded-Proto";
  private static final String FORWARDED = "Forwarded";

  private final List<AddressBlock> trusted;
  private final ProxyConfig.Fields fields;

  Proxies(ProxyConfig config) {
    trusted = config.trustedProxies().orElse(List.of()).stream().map(Proxies::block).toList();
    fields = config.proxyFields();
  }

  private static AddressBlock block(String text) {
    AddressBlock block = AddressBlock.parse(text);
    if (block == null) {
      throw new StartException(
          "sutazai.http.trusted-proxies has "
              + text
              + "; it takes addresses and networks, such as 10.0.0.1 or 10.0.0.0/8.");
    }
    return block;
  }

  /**
   * A caller.
   *
   * @param address in digits; null where there is none
   * @param secure whether it called over TLS
   */
  record Origin(@Nullable String address, boolean secure) {}

  /** Whether that is such a proxy. */
  public boolean trusts(InetAddress address) {
    return trusted.stream().anyMatch(block -> block.holds(address));
  }

  /** The caller's address in digits; null where there is none. */
  public @Nullable String address(HttpServerRequest request) {
    return origin(request).address();
  }

  /** Whether the caller's way to the first proxy, or to this program, is TLS. */
  public boolean isSecure(HttpServerRequest request) {
    return origin(request).secure();
  }

  private Origin origin(HttpServerRequest request) {
    SocketAddress from = request.remoteAddress();
    var direct = new Origin(from == null ? null : from.hostAddress(), request.isSSL());
    return trusted.isEmpty() || !trusts(direct.address()) ? direct : origin(direct, told(request));
  }

  private List<Hop> told(HttpServerRequest request) {
    return switch (fields) {
      case X_FORWARDED ->
          Hop.xForwarded(request.headers().getAll(FOR), request.headers().getAll(PROTO));
      case FORWARDED -> Hop.forwarded(request.headers().getAll(FORWARDED));
    };
  }

  /** Follows the proxies from the connection on. One that tells no address is the last one. */
  Origin origin(Origin direct, List<Hop> told) {
    Origin caller = direct;
    for (Hop hop : told) {
      if (!trusts(caller.address())) {
        return caller;
      }
      boolean secure =
          hop.scheme() == null ? caller.secure() : hop.scheme().equalsIgnoreCase("https");
      InetAddress next = hop.node() == null ? null : AddressLiteral.node(hop.node());
      if (next == null) {
        return new Origin(caller.address(), secure);
      }
      caller = new Origin(next.getHostAddress(), secure);
    }
    return caller;
  }

  private boolean trusts(@Nullable String address) {
    InetAddress known = address == null ? null : AddressLiteral.address(address);
    return known != null && trusts(known);
  }
}
