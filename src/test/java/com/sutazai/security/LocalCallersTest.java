package com.sutazai.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.SocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalCallersTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,true",
    "127.8.9.10,true",
    "::1,true",
    "::ffff:127.0.0.1,true",
    "10.1.2.3,false",
    "::ffff:10.1.2.3,false",
    "2001:db8::1,false",
    "0.0.0.0,false"
  })
  void only_loopback_is_local(String address, boolean local) {
    assertThat(Gate.isLocal(SocketAddress.inetSocketAddress(1234, address))).isEqualTo(local);
  }

  @Test
  void an_address_that_is_not_known_is_not_local() {
    assertThat(Gate.isLocal(null)).isFalse();
    assertThat(Gate.isLocal(SocketAddress.domainSocketAddress("/a/socket"))).isFalse();
  }
}
