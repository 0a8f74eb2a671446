package io.traffik.memory;

/**
 * A running SipHash-1-3 computation with a 128-bit key and 128 bits of output (Aumasson and
 * Bernstein, "SipHash: a fast short-input PRF"). Not thread-safe.
 *
 * <p>SipHash mixes a message into four words, {@code v0} to {@code v3}. Each message word is
 * compressed by one <i>SipRound</i>, and each half of the output is finalised by three.
 */
final class SipState {

  /** Characters per word at two bytes each. */
  static final int WIDE = 4;

  /** Characters per word at one byte each. */
  static final int NARROW = 8;

  /** SipRounds per half of the output, the 3 in SipHash-1-3. */
  static final int FINALIZATION_ROUNDS = 3;

  /** Separates the first half of the output from the message. */
  static final long FIRST_HALF = 0xee;

  /** Separates the second half of the output from the first. */
  static final long SECOND_HALF = 0xdd;

  long v0;
  long v1;
  long v2;
  long v3;

  /** Starts with the paper's initial state. */
  SipState(long seed0, long seed1) {
    v0 = seed0 ^ 0x736f6d6570736575L;
    v1 = seed1 ^ 0x646f72616e646f6dL ^ 0xee;
    v2 = seed0 ^ 0x6c7967656e657261L;
    v3 = seed1 ^ 0x7465646279746573L;
  }

  /** Continues after a prefix. */
  SipState(KeyPrefix prefix) {
    v0 = prefix.v0;
    v1 = prefix.v1;
    v2 = prefix.v2;
    v3 = prefix.v3;
  }

  /** Hashes a word of the message. */
  void compress(long word) {
    v3 ^= word;
    sipRound();
    v0 ^= word;
  }

  /**
   * Hashes the end of a message.
   *
   * @param wide whether a character takes two bytes instead of one
   * @param bytesBefore the number of bytes hashed before
   */
  void compressLast(String end, boolean wide, long bytesBefore) {
    int step = wide ? WIDE : NARROW;
    int length = end.length();
    int from = 0;
    for (; from + step <= length; from += step) {
      compress(word(end, from, wide));
    }
    long bytes = bytesBefore + (wide ? 2L * length : length);
    compress(word(end, from, wide) | bytes << 56);
  }

  /** The next characters as one word, least significant first; fewer at the end of the text. */
  static long word(String text, int from, boolean wide) {
    int bits = wide ? Character.SIZE : Byte.SIZE;
    int to = Math.min(text.length(), from + Long.SIZE / bits);
    long word = 0;
    for (int i = from; i < to; i++) {
      word |= (long) text.charAt(i) << (bits * (i - from));
    }
    return word;
  }

  /** The first half of the output; call it after the last word. */
  long finalizeFirst() {
    v2 ^= FIRST_HALF;
    return finalizeHalf();
  }

  /** The second half of the output; call it after the first. */
  long finalizeSecond() {
    v1 ^= SECOND_HALF;
    return finalizeHalf();
  }

  private long finalizeHalf() {
    for (int i = 0; i < FINALIZATION_ROUNDS; i++) {
      sipRound();
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private void sipRound() {
    v0 += v1;
    v2 += v3;
    v1 = Long.rotateLeft(v1, 13) ^ v0;
    v3 = Long.rotateLeft(v3, 16) ^ v2;
    v0 = Long.rotateLeft(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = Long.rotateLeft(v1, 17) ^ v2;
    v3 = Long.rotateLeft(v3, 21) ^ v0;
    v2 = Long.rotateLeft(v2, 32);
  }
}
