package io.traffik.memory;

/**
 * What many hits of one throttle have in common, the uid and the scope, hashed once: the state of
 * SipHash behind them. Each went in as its length and then its characters, four to a word; the
 * lowest bit of the first length tells how the characters of the identity will follow.
 */
final class KeyPrefix {

  /** How many bytes went in. */
  final long bytes;

  final long v0;
  final long v1;
  final long v2;
  final long v3;

  private final String uid;
  private final String scope;
  private final boolean wide;

  KeyPrefix(SipState state, String uid, String scope, boolean wide) {
    this.uid = uid;
    this.scope = scope;
    this.wide = wide;
    this.bytes = absorb(state, uid, scope, wide);
    this.v0 = state.v0;
    this.v1 = state.v1;
    this.v2 = state.v2;
    this.v3 = state.v3;
  }

  boolean isOf(String uid, String scope, boolean wide) {
    return this.uid.equals(uid) && this.scope.equals(scope) && this.wide == wide;
  }

  /**
   * Hashes a prefix.
   *
   * @return how many bytes went in
   */
  static long absorb(SipState state, String uid, String scope, boolean wide) {
    long words =
        absorb(state, 2L * uid.length() + (wide ? 1 : 0), uid)
            + absorb(state, scope.length(), scope);
    return words * Long.BYTES;
  }

  private static long absorb(SipState state, long length, String part) {
    state.absorb(length);
    long words = 1;
    for (int from = 0; from < part.length(); from += SipState.WIDE) {
      state.absorb(SipState.word(part, from, true));
      words++;
    }
    return words;
  }
}
