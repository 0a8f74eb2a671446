package io.traffik.memory;

/**
 * The state of SipHash with one round a word and three at the end (Aumasson and Bernstein,
 * "SipHash: a fast short-input PRF"), for keys of 128 bits and as many bits of output. For one
 * thread at a time.
 */
final class SipState {

  /** Characters in a word, two bytes each. */
  static final int WIDE = 4;

  /** Characters in a word, one byte each. */
  static final int NARROW = 8;

  private static final int FINAL_ROUNDS = 3;

  long v0;
  long v1;
  long v2;
  long v3;

  SipState(long seed0, long seed1) {
    v0 = seed0 ^ 0x736f6d6570736575L;
    v1 = seed1 ^ 0x646f72616e646f6dL ^ 0xee;
    v2 = seed0 ^ 0x6c7967656e657261L;
    v3 = seed1 ^ 0x7465646279746573L;
  }

  /** Goes on from behind a prefix. */
  SipState(KeyPrefix prefix) {
    v0 = prefix.v0;
    v1 = prefix.v1;
    v2 = prefix.v2;
    v3 = prefix.v3;
  }

  void absorb(long word) {
    v3 ^= word;
    round();
    v0 ^= word;
  }

  /**
   * Hashes the end of a message.
   *
   * @param wide whether a character takes two bytes, or one
   * @param before how many bytes went in
   */
  void absorbLast(String end, boolean wide, long before) {
    int step = wide ? WIDE : NARROW;
    int length = end.length();
    int from = 0;
    for (; from + step <= length; from += step) {
      absorb(word(end, from, wide));
    }
    long bytes = before + (wide ? 2L * length : length);
    absorb(word(end, from, wide) | bytes << 56);
  }

  /** The next characters in one word, as many as there are, the first the least significant. */
  static long word(String text, int from, boolean wide) {
    int bits = wide ? Character.SIZE : Byte.SIZE;
    int to = Math.min(text.length(), from + Long.SIZE / bits);
    long word = 0;
    for (int i = from; i < to; i++) {
      word |= (long) text.charAt(i) << (bits * (i - from));
    }
    return word;
  }

  /** The first half of the output, once the last word was absorbed. */
  long first() {
    v2 ^= 0xee;
    return half();
  }

  /** The second half of the output, after the first. */
  long second() {
    v1 ^= 0xdd;
    return half();
  }

  private long half() {
    for (int i = 0; i < FINAL_ROUNDS; i++) {
      round();
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private void round() {
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
