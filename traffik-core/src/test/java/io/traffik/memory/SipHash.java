package io.traffik.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * SipHash-c-d with 128 bits of output, as in the paper and its reference code (Aumasson and
 * Bernstein). {@link KeyHash} must agree with it.
 */
final class SipHash {

  private final int compressionRounds;
  private final int finalRounds;
  private long v0;
  private long v1;
  private long v2;
  private long v3;

  SipHash(int compressionRounds, int finalRounds) {
    this.compressionRounds = compressionRounds;
    this.finalRounds = finalRounds;
  }

  /** The first and the second word of the output. */
  long[] hash(long key0, long key1, byte[] message) {
    v0 = key0 ^ 0x736f6d6570736575L;
    v1 = key1 ^ 0x646f72616e646f6dL;
    v2 = key0 ^ 0x6c7967656e657261L;
    v3 = key1 ^ 0x7465646279746573L;
    v1 ^= 0xee;
    byte[] padded = new byte[message.length / 8 * 8 + 8];
    System.arraycopy(message, 0, padded, 0, message.length);
    padded[padded.length - 1] = (byte) message.length;
    ByteBuffer words = ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN);
    while (words.hasRemaining()) {
      long m = words.getLong();
      v3 ^= m;
      rounds(compressionRounds);
      v0 ^= m;
    }
    v2 ^= 0xee;
    rounds(finalRounds);
    long first = v0 ^ v1 ^ v2 ^ v3;
    v1 ^= 0xdd;
    rounds(finalRounds);
    return new long[] {first, v0 ^ v1 ^ v2 ^ v3};
  }

  private void rounds(int count) {
    for (int i = 0; i < count; i++) {
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13);
      v1 ^= v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16);
      v3 ^= v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21);
      v3 ^= v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17);
      v1 ^= v2;
      v2 = Long.rotateLeft(v2, 32);
    }
  }
}
