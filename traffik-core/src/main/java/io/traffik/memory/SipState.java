package io.traffik.memory;

/**
 * The state of SipHash with one round a word (Aumasson and Bernstein, "SipHash: a fast short-input
 * PRF"), for keys of 128 bits and as many bits of output. For one thread at a time.
 */
final class SipState {

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

  void absorb(long word) {
    v3 ^= word;
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
    v0 ^= word;
  }
}
