package io.traffik.memory;

import io.traffik.Operation;
import io.traffik.QuotaPolicy;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * Turns a key into 128 bits that no client can steer: SipHash-1-3 with 128-bit output (Aumasson and
 * Bernstein, "SipHash: a fast short-input PRF") under a secret random seed.
 *
 * <p>The parts of a key go in one after the other, each as its length and then its characters, four
 * to a word; so different tuples are different messages. The store keeps the 128 bits in place of
 * the key: two keys would have to share all of them to meet in one bucket.
 */
final class KeyHash {

  private static final int FINAL_ROUNDS = 3;

  private final long seed0;
  private final long seed1;

  private KeyHash(long seed0, long seed1) {
    this.seed0 = seed0;
    this.seed1 = seed1;
  }

  static KeyHash random() {
    SecureRandom random = new SecureRandom();
    return new KeyHash(random.nextLong(), random.nextLong());
  }

  static KeyHash seeded(long seed0, long seed1) {
    return new KeyHash(seed0, seed1);
  }

  /**
   * Hashes a key and has the store decide. The 128 bits are two locals here and go on as arguments:
   * returned, they would need an object per hit.
   */
  long decide(
      Stripes stripes,
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long @Nullable [] margins) {
    String uid = policy.uid();
    int uidWords = words(uid);
    int identityWords = words(identity);
    int absorbed = uidWords + identityWords + words(scope);
    int finish = absorbed + 1;
    int rounds = finish + 2 * FINAL_ROUNDS;
    long v0 = seed0 ^ 0x736f6d6570736575L;
    long v1 = seed1 ^ 0x646f72616e646f6dL ^ 0xee;
    long v2 = seed0 ^ 0x6c7967656e657261L;
    long v3 = seed1 ^ 0x7465646279746573L;
    long high = 0;
    for (int round = 0; round < rounds; round++) {
      long word = 0;
      if (round < uidWords) {
        word = word(uid, round);
      } else if (round < uidWords + identityWords) {
        word = word(identity, round - uidWords);
      } else if (round < absorbed) {
        word = word(scope, round - uidWords - identityWords);
      } else if (round == absorbed) {
        // The last word of every SipHash message: its bytes modulo 256, in the top byte.
        word = (long) absorbed << 59;
      } else if (round == finish) {
        v2 ^= 0xee;
      } else if (round == finish + FINAL_ROUNDS) {
        high = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
      }
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
    return stripes.decide(high, v0 ^ v1 ^ v2 ^ v3, operation, policy, cost, margins);
  }

  /** The words of a part: its length, then its characters, four to a word. */
  private static int words(String part) {
    return 1 + ((part.length() + 3) >>> 2);
  }

  private static long word(String part, int index) {
    int length = part.length();
    if (index == 0) {
      return length;
    }
    int from = (index - 1) << 2;
    int to = Math.min(length, from + 4);
    long word = 0;
    for (int i = from; i < to; i++) {
      word = (word << Character.SIZE) | part.charAt(i);
    }
    return word;
  }
}
