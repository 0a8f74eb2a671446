package io.traffik.memory;

import io.traffik.spi.QuotaPolicy;

/**
 * The state of SipHash after the uid and the scope, which many hits of a throttle share. Each is
 * hashed as its length and then its characters, four to a word. The lowest bit of the first length
 * says whether the characters of the identity follow in one byte each or in two ("wide").
 *
 * <p>The prefix also holds the index of one policy's {@link RateList}, so that hits with fixed
 * rates need no other search. The index is not hashed: a key has the same hash whatever its rates.
 */
final class KeyPrefix {

  /** The number of bytes hashed so far. */
  final long bytes;

  final long v0;
  final long v1;
  final long v2;
  final long v3;

  /** The policy that was first seen with this prefix. */
  final QuotaPolicy policy;

  /** The index of that policy's rates. */
  final int rates;

  private final String scope;
  private final boolean wide;

  KeyPrefix(SipState state, QuotaPolicy policy, int rates, String scope, boolean wide) {
    this.policy = policy;
    this.rates = rates;
    this.scope = scope;
    this.wide = wide;
    this.bytes = compress(state, policy.uid(), scope, wide);
    this.v0 = state.v0;
    this.v1 = state.v1;
    this.v2 = state.v2;
    this.v3 = state.v3;
  }

  /** Whether this is the prefix of a policy and a scope; the rates of the policy do not matter. */
  boolean matches(QuotaPolicy policy, String scope, boolean wide) {
    return this.policy.uid().equals(policy.uid()) && this.scope.equals(scope) && this.wide == wide;
  }

  /**
   * Hashes a uid and a scope.
   *
   * @return the number of bytes hashed
   */
  static long compress(SipState state, String uid, String scope, boolean wide) {
    long words =
        compress(state, 2L * uid.length() + (wide ? 1 : 0), uid)
            + compress(state, scope.length(), scope);
    return words * Long.BYTES;
  }

  private static long compress(SipState state, long length, String part) {
    state.compress(length);
    long words = 1;
    for (int from = 0; from < part.length(); from += SipState.WIDE) {
      state.compress(SipState.word(part, from, true));
      words++;
    }
    return words;
  }
}
