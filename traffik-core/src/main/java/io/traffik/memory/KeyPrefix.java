package io.traffik.memory;

/**
 * What many hits of one throttle have in common, the uid and the scope, hashed once: the state of
 * SipHash behind them. Each went in as its length and then its characters, four to a word.
 */
final class KeyPrefix {

  /** How many words went in. */
  final int words;

  final long v0;
  final long v1;
  final long v2;
  final long v3;

  private final String uid;
  private final String scope;

  KeyPrefix(SipState state, String uid, String scope) {
    this.uid = uid;
    this.scope = scope;
    this.words = absorb(state, uid) + absorb(state, scope);
    this.v0 = state.v0;
    this.v1 = state.v1;
    this.v2 = state.v2;
    this.v3 = state.v3;
  }

  boolean isOf(String uid, String scope) {
    return this.uid.equals(uid) && this.scope.equals(scope);
  }

  private static int absorb(SipState state, String part) {
    state.absorb(part.length());
    int words = 1;
    for (int from = 0; from < part.length(); from += KeyHash.WIDE) {
      state.absorb(KeyHash.word(part, from, KeyHash.WIDE));
      words++;
    }
    return words;
  }
}
