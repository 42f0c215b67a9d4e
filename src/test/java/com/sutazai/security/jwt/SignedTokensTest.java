package com.sutazai.security.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.jwt.auth.principal.ParseException;
import java.security.Key;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CWE-347: only what a key of the issuer signed, with an algorithm of such keys, is believed. */
class SignedTokensTest {
  private static final String ISSUER = "https://issuer.example";

  private final PublicJsonWebKey rsa = RsaJwkGenerator.generateJwk(2048);
  private final PublicJsonWebKey elliptic = EcJwkGenerator.generateJwk(EllipticCurves.P256);

  SignedTokensTest() throws JoseException {
    rsa.setKeyId("rsa");
    elliptic.setKeyId("elliptic");
  }

  private SignedTokens tokens(Optional<String> audience) throws JoseException {
    return new SignedTokens(
        SignedTokens.expected(config(audience)), List.of(open(rsa), open(elliptic)));
  }

  private static JsonWebKey open(PublicJsonWebKey key) throws JoseException {
    return JsonWebKey.Factory.newJwk(key.toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
  }

  private static TokenConfig config(Optional<String> audience) {
    return new TokenConfig() {
      @Override
      public Optional<String> issuer() {
        return Optional.of(ISSUER);
      }

      @Override
      public Optional<String> jwksUrl() {
        return Optional.empty();
      }

      @Override
      public Optional<String> audience() {
        return audience;
      }

      @Override
      public String ownerClaim() {
        return "sub";
      }

      @Override
      public Set<String> scopeClaims() {
        return Set.of();
      }
    };
  }

  private static JwtClaims claims(Duration left) {
    var claims = new JwtClaims();
    claims.setIssuer(ISSUER);
    claims.setSubject("somebody");
    NumericDate end = NumericDate.now();
    end.addSeconds(left.toSeconds());
    claims.setExpirationTime(end);
    return claims;
  }

  private static String signed(JwtClaims claims, String algorithm, @Nullable Key key, String id) {
    try {
      var signature = new JsonWebSignature();
      signature.setPayload(claims.toJson());
      signature.setAlgorithmHeaderValue(algorithm);
      signature.setKeyIdHeaderValue(id);
      signature.setKey(key);
      signature.setDoKeyValidation(false);
      signature.setAlgorithmConstraints(org.jose4j.jwa.AlgorithmConstraints.NO_CONSTRAINTS);
      return signature.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  private String ordinary(JwtClaims claims) {
    return signed(claims, AlgorithmIdentifiers.RSA_USING_SHA256, rsa.getPrivateKey(), "rsa");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256"})
  void a_token_that_a_published_key_signed_is_believed(String algorithm) throws Exception {
    // Given
    PublicJsonWebKey key = algorithm.startsWith("ES") ? elliptic : rsa;
    String token =
        signed(claims(Duration.ofHours(1)), algorithm, key.getPrivateKey(), key.getKeyId());

    // When, then
    assertThat(tokens(Optional.empty()).claims(token).getSubject()).isEqualTo("somebody");
  }

  @ParameterizedTest
  @CsvSource({"HS256,rsa", "HS256,elliptic", "HS256,nobody", "HS512,rsa"})
  void what_is_published_is_no_secret_to_sign_with(String algorithm, String id) {
    // Given
    PublicJsonWebKey key = id.equals("elliptic") ? elliptic : rsa;
    String token =
        signed(
            claims(Duration.ofHours(1)),
            algorithm,
            new HmacKey(key.getPublicKey().getEncoded()),
            id);

    // When, then
    assertRefused(token, Optional.empty());
  }

  @Test
  void a_token_that_nobody_signed_is_refused() {
    // Given
    JwtClaims claims = claims(Duration.ofHours(1));

    // When, then
    assertRefused(signed(claims, "none", null, "rsa"), Optional.empty());
  }

  @Test
  void a_token_that_another_key_signed_is_refused() throws Exception {
    // Given
    PublicJsonWebKey unknown = RsaJwkGenerator.generateJwk(2048);
    JwtClaims claims = claims(Duration.ofHours(1));

    // When, then
    for (String id : List.of("rsa", "elliptic", "nobody")) {
      assertRefused(
          signed(claims, AlgorithmIdentifiers.RSA_USING_SHA256, unknown.getPrivateKey(), id),
          Optional.empty());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-3600, -300})
  void a_token_that_is_over_is_refused(long seconds) {
    assertRefused(ordinary(claims(Duration.ofSeconds(seconds))), Optional.empty());
  }

  @Test
  void a_token_without_an_end_is_refused() {
    // Given
    JwtClaims claims = claims(Duration.ofHours(1));
    claims.unsetClaim("exp");

    // When, then
    assertRefused(ordinary(claims), Optional.empty());
  }

  @Test
  void a_token_that_is_not_to_be_used_yet_is_refused() {
    // Given
    JwtClaims claims = claims(Duration.ofHours(2));
    NumericDate begin = NumericDate.now();
    begin.addSeconds(3600);
    claims.setNotBefore(begin);

    // When, then
    assertRefused(ordinary(claims), Optional.empty());
  }

  @Test
  void a_token_is_for_the_audience_that_is_asked_for() throws Exception {
    // Given
    Optional<String> audience = Optional.of("sutazai");
    JwtClaims ours = claims(Duration.ofHours(1));
    ours.setAudience("another", "sutazai");
    JwtClaims theirs = claims(Duration.ofHours(1));
    theirs.setAudience("another");

    // When, then
    assertThat(tokens(audience).claims(ordinary(ours)).getSubject()).isEqualTo("somebody");
    assertThat(tokens(Optional.empty()).claims(ordinary(theirs)).getSubject())
        .isEqualTo("somebody");
    assertRefused(ordinary(theirs), audience);
    assertRefused(ordinary(claims(Duration.ofHours(1))), audience);
  }

  @Test
  void a_token_of_another_issuer_is_refused() {
    // Given
    JwtClaims claims = claims(Duration.ofHours(1));
    claims.setIssuer("https://elsewhere.example");

    // When, then
    assertRefused(ordinary(claims), Optional.empty());
  }

  private void assertRefused(String token, Optional<String> audience) {
    assertThatThrownBy(() -> tokens(audience).claims(token)).isInstanceOf(ParseException.class);
  }
}
