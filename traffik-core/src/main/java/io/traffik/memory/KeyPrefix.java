package io.traffik.memory;

/**
 * The state of SipHash after the uid and the scope, which many hits of a throttle share. Each is
 * hashed as its length and then its characters, four to a word. The lowest bit of the first length
 * says whether the characters of the identity follow in one byte each or in two ("wide").
 */
final class KeyPrefix {

  /** The number of bytes hashed so far. */
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
    this.bytes = compress(state, uid, scope, wide);
    this.v0 = state.v0;
    this.v1 = state.v1;
    this.v2 = state.v2;
    this.v3 = state.v3;
  }

  boolean matches(String uid, String scope, boolean wide) {
    return this.uid.equals(uid) && this.scope.equals(scope) && this.wide == wide;
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
