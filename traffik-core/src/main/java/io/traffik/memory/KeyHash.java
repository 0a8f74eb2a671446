package io.traffik.memory;

import io.traffik.Operation;
import io.traffik.QuotaPolicy;
import java.security.SecureRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Turns a key into 128 bits that no client can steer: SipHash-1-3 with 128-bit output (Aumasson and
 * Bernstein, "SipHash: a fast short-input PRF") under a secret random seed.
 *
 * <p>The message begins with the {@link KeyPrefix} of uid and scope. Then come the characters of
 * the identity, eight to a word if all of them fit into a byte, else four; and in the seven bytes
 * that the closing word leaves, its length and which of the two it was. So different tuples are
 * different messages, to the last bit of each character. The store keeps the 128 bits in place of
 * the key: two keys would have to share all of them to meet in one bucket.
 */
final class KeyHash {

  /** Characters in a word. */
  static final int WIDE = 4;

  private static final int NARROW = 8;
  private static final int FINAL_ROUNDS = 3;

  /** Enough for the routes of most applications; more of them are hashed anew now and then. */
  private static final int PREFIXES = 256;

  /** One in so many prefixes that meet a kept one takes its place. */
  private static final int SELDOM = 64;

  private final long seed0;
  private final long seed1;

  /** Written without order: a prefix that is seen late is made once more. */
  private final @Nullable KeyPrefix[] prefixes = new KeyPrefix[PREFIXES];

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
    KeyPrefix prefix = prefix(policy.uid(), scope);
    int length = identity.length();
    int perWord = isNarrow(identity) ? NARROW : WIDE;
    int words = (length + perWord - 1) / perWord;
    int rounds = words + 1 + 2 * FINAL_ROUNDS;
    long v0 = prefix.v0;
    long v1 = prefix.v1;
    long v2 = prefix.v2;
    long v3 = prefix.v3;
    long high = 0;
    for (int round = 0; round < rounds; round++) {
      long word = 0;
      if (round < words) {
        word = word(identity, round * perWord, perWord);
      } else if (round == words) {
        // The last word of every SipHash message has its bytes modulo 256 in the top byte.
        long bytes = (prefix.words + words) * 8L + 7;
        word = bytes << 56 | (2L * length + (perWord == WIDE ? 1 : 0));
      } else if (round == words + 1) {
        v2 ^= 0xee;
      } else if (round == words + 1 + FINAL_ROUNDS) {
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

  private KeyPrefix prefix(String uid, String scope) {
    int place = (uid.hashCode() * 31 + scope.hashCode()) & (PREFIXES - 1);
    KeyPrefix kept = prefixes[place];
    if (kept != null && kept.isOf(uid, scope)) {
      return kept;
    }
    KeyPrefix made = new KeyPrefix(new SipState(seed0, seed1), uid, scope);
    // Scopes may be paths, which clients make up: those should not drive out the routes.
    if (kept == null || ThreadLocalRandom.current().nextInt(SELDOM) == 0) {
      prefixes[place] = made;
    }
    return made;
  }

  private static boolean isNarrow(String text) {
    int all = 0;
    for (int i = 0; i < text.length(); i++) {
      all |= text.charAt(i);
    }
    return all < 1 << Byte.SIZE;
  }

  /** The next characters in one word, the first the most significant. */
  static long word(String text, int from, int perWord) {
    int bits = Long.SIZE / perWord;
    long word = 0;
    for (int i = from, to = Math.min(text.length(), from + perWord); i < to; i++) {
      word = (word << bits) | text.charAt(i);
    }
    return word;
  }
}
