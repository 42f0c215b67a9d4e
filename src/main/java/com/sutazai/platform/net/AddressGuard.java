package com.sutazai.platform.net;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * Keeps this program from being sent to places that its callers cannot reach themselves. The host
 * of a URL is looked up once, every address that it has is judged, and one of these very addresses
 * is connected to: a name cannot change its meaning in between. The certificate is still that of
 * the name. Addresses from the configuration are trusted and do not come here.
 */
@ApplicationScoped
public class AddressGuard {
  private final Lookup lookup;

  AddressGuard(Lookup lookup) {
    this.lookup = lookup;
  }

  /** A guard without a container. */
  public static AddressGuard standalone() {
    return new AddressGuard(new Lookup());
  }

  /** The URL leads to loopback, a private network, or another special address. */
  public static final class ForbiddenAddressException extends IOException {
    private static final long serialVersionUID = 1L;

    ForbiddenAddressException(String host) {
      super(host + " leads to a loopback, private or otherwise special address");
    }
  }

  /** One of the addresses that a URL may be fetched from. */
  public record Destination(URI url, InetAddress address) {
    /** A request that goes there and follows no redirect by itself. */
    public RequestOptions request(HttpMethod method) {
      String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
      int port = OutsideUrl.port(url);
      return new RequestOptions()
          .setMethod(method)
          .setServer(SocketAddress.inetSocketAddress(port, address.getHostAddress()))
          .setHost(url.getHost())
          .setPort(port)
          .setSsl(OutsideUrl.isTls(url))
          .setFollowRedirects(false)
          .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery());
    }
  }

  /**
   * Where the URL may be fetched from, in the order to try.
   *
   * @param most how long looking it up may take
   * @throws ForbiddenAddressException when one of its addresses is not public, unless private ones
   *     are allowed
   */
  public List<Destination> destinations(URI url, boolean allowPrivate, Duration most)
      throws ForbiddenAddressException,
          UnknownHostException,
          TimeoutException,
          InterruptedException {
    List<InetAddress> addresses = lookup.addresses(OutsideUrl.bare(url.getHost()), most);
    if (!allowPrivate && !addresses.stream().allMatch(PublicAddress::is)) {
      throw new ForbiddenAddressException(url.getHost());
    }
    return addresses.stream().map(address -> new Destination(url, address)).toList();
  }
}
