package com.sutazai.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.PrivateKey;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** An issuer of tokens on loopback: publishes its key, and signs whatever it is sent. */
final class Issuer {
  private static final String ID = "first";

  private Issuer() {}

  /** Starts one that lives as long as the tests; tells its address. */
  static String start() {
    try {
      EllipticCurveJsonWebKey key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
      EllipticCurveJsonWebKey unknown = EcJwkGenerator.generateJwk(EllipticCurves.P256);
      key.setKeyId(ID);
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      String address = "http://127.0.0.1:" + server.getAddress().getPort();
      server.createContext(
          "/.well-known/openid-configuration",
          exchange -> answer(exchange, "{\"jwks_uri\":\"" + address + "/keys\"}"));
      server.createContext(
          "/keys",
          exchange ->
              answer(
                  exchange,
                  new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY)));
      server.createContext("/sign", exchange -> sign(exchange, key.getPrivateKey()));
      server.createContext("/forge", exchange -> sign(exchange, unknown.getPrivateKey()));
      server.start();
      return address;
    } catch (IOException | JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void sign(HttpExchange exchange, PrivateKey key) throws IOException {
    try {
      var signature = new JsonWebSignature();
      signature.setPayload(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      signature.setKey(key);
      signature.setKeyIdHeaderValue(ID);
      signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
      answer(exchange, signature.getCompactSerialization());
    } catch (JoseException e) {
      throw new IOException(e);
    }
  }

  private static void answer(HttpExchange exchange, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
