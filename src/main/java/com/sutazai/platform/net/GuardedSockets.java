package com.sutazai.platform.net;

import com.sutazai.platform.net.AddressGuard.ForbiddenAddressException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sockets that connect to public addresses only. An address is judged when it is connected to,
 * however the name was looked up before: a name that changes its meaning in between leads nowhere.
 */
public final class GuardedSockets extends SSLSocketFactory {
  private final SSLSocketFactory tls;
  private final boolean allowPrivate;

  /**
   * @param tls what speaks TLS over them
   */
  public GuardedSockets(SSLSocketFactory tls, boolean allowPrivate) {
    this.tls = tls;
    this.allowPrivate = allowPrivate;
  }

  private final class Guarded extends Socket {
    @Override
    public void connect(SocketAddress to, int timeoutMillis) throws IOException {
      if (!allowPrivate
          && to instanceof InetSocketAddress host
          && host.getAddress() != null
          && !PublicAddress.is(host.getAddress())) {
        throw new ForbiddenAddressException(host.getHostString());
      }
      super.connect(to, timeoutMillis);
    }
  }

  @Override
  public Socket createSocket() {
    return new Guarded();
  }

  @Override
  public Socket createSocket(Socket connected, String host, int port, boolean closes)
      throws IOException {
    return tls.createSocket(connected, host, port, closes);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw notGuarded();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort)
      throws IOException {
    throw notGuarded();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw notGuarded();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
      throws IOException {
    throw notGuarded();
  }

  /** Whoever asks for a socket that is connected already tries again what failed. */
  private static IOException notGuarded() {
    return new IOException("only sockets that are not connected yet are made");
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return tls.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return tls.getSupportedCipherSuites();
  }
}
