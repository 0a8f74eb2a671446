package io.traffik.examples.tenants;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.JWTVerificationException;
import com.auth0.jwt.interfaces.DecodedJWT;
import com.auth0.jwt.interfaces.JWTVerifier;
import org.jspecify.annotations.Nullable;

/** Verifies the JSON Web Tokens (RFC 7519) of tenants. Thread-safe. */
final class TenantTokens {

  static final String ISSUER = "https://accounts.example.com";
  static final String PLAN = "plan";

  private static final String BEARER = "Bearer ";

  private final JWTVerifier verifier;

  TenantTokens(Algorithm algorithm) {
    this.verifier =
        JWT.require(algorithm)
            .withIssuer(ISSUER)
            .withClaimPresence("sub")
            .withClaimPresence("exp")
            .withClaimPresence(PLAN)
            .build();
  }

  /** Returns the tenant of an Authorization header; null if there is no valid token. */
  @Nullable Tenant tenantOf(@Nullable String authorization) {
    if (authorization == null || !authorization.startsWith(BEARER)) {
      return null;
    }
    try {
      DecodedJWT token = verifier.verify(authorization.substring(BEARER.length()));
      String plan = token.getClaim(PLAN).asString();
      return plan == null ? null : new Tenant(token.getSubject(), plan);
    } catch (JWTVerificationException e) {
      return null;
    }
  }
}
