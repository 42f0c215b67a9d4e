package com.sutazai.security.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.platform.error.StartException;
import com.sutazai.security.proxy.Proxies.Origin;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CWE-348: what a caller says of itself counts no more because a proxy passes it on. */
class ProxiesTest {
  private final Proxies proxies = trusting("10.0.0.0/8", "2001:db8::/33", "192.0.2.7");

  private static Proxies trusting(String... blocks) {
    return new Proxies(
        new ProxyConfig() {
          @Override
          public Optional<List<String>> trustedProxies() {
            return Optional.of(List.of(blocks));
          }

          @Override
          public Fields proxyFields() {
            return Fields.X_FORWARDED;
          }
        });
  }

  private Origin xForwarded(
      @Nullable String direct, @Nullable String nodes, @Nullable String schemes) {
    return proxies.origin(
        new Origin(direct, false),
        Hop.xForwarded(
            nodes == null ? List.of() : List.of(nodes.split("\\|")),
            schemes == null ? List.of() : List.of(schemes)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        // who connects; X-Forwarded-For, its fields apart by |; -Proto; whom it is from
        "10.0.0.1; 203.0.113.7; https; 203.0.113.7; true",
        "10.0.0.1; 203.0.113.7; http; 203.0.113.7; false",
        "10.0.0.1; 203.0.113.7;; 203.0.113.7; false",
        "10.0.0.1;; https; 10.0.0.1; true",
        "10.0.0.1;;; 10.0.0.1; false",
        "203.0.113.9; 203.0.113.7; https; 203.0.113.9; false",
        "11.0.0.1; 203.0.113.7; https; 11.0.0.1; false",
        "192.0.2.8; 203.0.113.7; https; 192.0.2.8; false",
        // what the caller sent before it
        "10.0.0.1; 198.51.100.1, 203.0.113.7; https, http; 203.0.113.7; false",
        "10.0.0.1; 198.51.100.1|203.0.113.7; https; 203.0.113.7; true",
        "10.0.0.1; 10.0.0.9, 203.0.113.7; https; 203.0.113.7; true",
        // two proxies, of which one writes the scheme, or both
        "10.0.0.1; 198.51.100.1, 203.0.113.7, 192.0.2.7; https; 203.0.113.7; true",
        "10.0.0.1; 203.0.113.7, 192.0.2.7; https, http; 203.0.113.7; true",
        "10.0.0.1; 203.0.113.7, 198.51.100.1; https, http; 198.51.100.1; false",
        "10.0.0.1; 10.0.0.3, 10.0.0.2; https; 10.0.0.3; true",
        // other forms of addresses
        "10.0.0.1; 203.0.113.7:4711; https; 203.0.113.7; true",
        "10.0.0.1; [2001:db9::1]:443; https; 2001:db9:0:0:0:0:0:1; true",
        "2001:db8:0:0:0:0:0:1; 2001:db9::1; https; 2001:db9:0:0:0:0:0:1; true",
        "2001:db8:8000:0:0:0:0:1; 2001:db9::1; https; 2001:db8:8000:0:0:0:0:1; false",
        "10.0.0.1; ::ffff:203.0.113.7; https; 203.0.113.7; true",
        // what is no address
        "10.0.0.1; 203.0.113.7, unknown; https; 10.0.0.1; true",
        "10.0.0.1; 203.0.113.7, ; https; 10.0.0.1; true",
        "10.0.0.1; localhost; https; 10.0.0.1; true",
        "10.0.0.1; 7; https; 10.0.0.1; true",
        "10.0.0.1; fe80::1%eth0; https; 10.0.0.1; true",
        "10.0.0.1; 203.0.113.700; https; 10.0.0.1; true"
      })
  void callers_are_the_first_from_the_end_that_are_no_proxies(
      String direct,
      @Nullable String nodes,
      @Nullable String schemes,
      String address,
      boolean secure) {
    assertThat(xForwarded(direct, nodes, schemes)).isEqualTo(new Origin(address, secure));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "for=203.0.113.7;proto=https ! 203.0.113.7 ! true",
        "For=\"203.0.113.7:80\" ; Proto=HTTPS;by=10.0.0.1 ! 203.0.113.7 ! true",
        "for=\"[2001:db9::1]:80\" ! 2001:db9:0:0:0:0:0:1 ! false",
        "for=198.51.100.1;proto=https, for=203.0.113.7;proto=http ! 203.0.113.7 ! false",
        "for=\"x, for=198.51.100.1\", for=203.0.113.7 ! 203.0.113.7 ! false",
        "for=203.0.113.7;proto=https, for=10.0.0.2;proto=http ! 203.0.113.7 ! true",
        "for=203.0.113.7, for=_hidden;proto=https ! 10.0.0.1 ! true",
        "proto=https ! 10.0.0.1 ! true",
        "nonsense ! 10.0.0.1 ! false"
      })
  void the_standard_field_tells_the_same(String field, String address, boolean secure) {
    assertThat(proxies.origin(new Origin("10.0.0.1", false), Hop.forwarded(List.of(field.strip()))))
        .isEqualTo(new Origin(address, secure));
  }

  @Test
  void a_connection_without_an_address_is_no_proxy() {
    assertThat(xForwarded(null, "203.0.113.7", "https")).isEqualTo(new Origin(null, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"proxy.example.org", "10.0.0.0/33", "10.0.0.0/x", "10/8", "10.0.0.0/", ""})
  void what_is_no_network_is_refused_at_the_start(String text) {
    assertThatThrownBy(() -> trusting(text))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("sutazai.http.trusted-proxies");
  }
}
