package com.sutazai.security.jwt;

import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.auth.principal.DefaultJWTTokenParser;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.ParseException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.keys.resolvers.VerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * SmallRye's parser of tokens, with keys that were read already: its own would be read by whoever
 * comes with a token, and not within our time and size.
 */
final class SignedTokens extends DefaultJWTTokenParser {
  private static final int SKEW_SECONDS = 30;
  private static final long NO_BOUND = 0;

  /** Keys of the issuer sign; a secret that both sides know is none that can be published. */
  private static final Set<SignatureAlgorithm> ALGORITHMS =
      EnumSet.of(
          SignatureAlgorithm.RS256,
          SignatureAlgorithm.RS384,
          SignatureAlgorithm.RS512,
          SignatureAlgorithm.PS256,
          SignatureAlgorithm.PS384,
          SignatureAlgorithm.PS512,
          SignatureAlgorithm.ES256,
          SignatureAlgorithm.ES384,
          SignatureAlgorithm.ES512,
          SignatureAlgorithm.EDDSA);

  private final JWTAuthContextInfo expected;
  private final List<JsonWebKey> published;

  /**
   * @param published keys, of which the token's header names one
   */
  SignedTokens(JWTAuthContextInfo expected, List<JsonWebKey> published) {
    this.expected = expected;
    this.published = published;
  }

  /** What a token has to be: of the issuer, for the audience if there is one, and not over. */
  static JWTAuthContextInfo expected(TokenConfig config) {
    var expected = new JWTAuthContextInfo();
    expected.setIssuedBy(config.issuer().orElseThrow());
    config.audience().ifPresent(audience -> expected.setExpectedAudience(Set.of(audience)));
    expected.setRequireNamedPrincipal(false);
    expected.setSignatureAlgorithm(ALGORITHMS);
    expected.setClockSkew(SKEW_SECONDS);
    expected.setMaxTimeToLiveSecs(NO_BOUND); // unset, it would ask for iat
    return expected;
  }

  /** The key that the token says it was signed with; null when it says nothing. */
  static @Nullable String keyId(String token) throws ParseException {
    try {
      return JsonWebStructure.fromCompactSerialization(token).getKeyIdHeaderValue();
    } catch (JoseException | ClassCastException e) {
      throw new ParseException("The token's header cannot be read", e);
    }
  }

  /** What the token says, once it is known to be true. */
  JwtClaims claims(String token) throws ParseException {
    return parse(token, expected).getJwtClaims();
  }

  @Override
  protected VerificationKeyResolver getVerificationKeyResolver(JWTAuthContextInfo ignored) {
    return new JwksVerificationKeyResolver(published);
  }
}
