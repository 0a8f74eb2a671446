package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.security.SecureRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Turns a key into 128 bits that no client can steer: SipHash-1-3 with 128-bit output (Aumasson and
 * Bernstein, "SipHash: a fast short-input PRF") under a secret random seed.
 *
 * <p>The message begins with the {@link KeyPrefix} of uid and scope. The characters of the identity
 * follow to its end, as bytes if each of them fits into one, else as two bytes each. So different
 * tuples are different messages, to the last bit of each character: the prefix tells its own length
 * and which of the two it is, and the length of the whole message is part of SipHash. The store
 * keeps the 128 bits in place of the key: two keys would have to share all of them to meet in one
 * bucket.
 */
final class KeyHash {

  private static final int NARROW = 8;
  private static final int FINAL_ROUNDS = 3;

  /**
   * Enough for the routes of most applications; of more of them, some are hashed anew each time.
   */
  private static final int PREFIXES = 256;

  /** Places in which a prefix may be kept: by chance some of twenty routes want the same one. */
  private static final int NEAR = 8;

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
   * returned, they would need an object per hit. For the same reason the rounds of {@link SipState}
   * stand here once more, on locals.
   */
  long decide(
      StripedStore stripes,
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long @Nullable [] margins) {
    KeyPrefix prefix = prefix(policy.uid(), scope, false);
    if (prefix == null) {
      return decideAnew(stripes, operation, policy, identity, scope, cost, margins);
    }
    int length = identity.length();
    long v0 = prefix.v0;
    long v1 = prefix.v1;
    long v2 = prefix.v2;
    long v3 = prefix.v3;
    int all = 0;
    long word;
    for (int from = 0; ; from += NARROW) {
      boolean more = from + NARROW <= length;
      int left = length - from;
      // The last eight characters at once, without those that went in before: how many are left
      // differs from client to client, and a loop over them would be mispredicted.
      int at = more ? from : length - NARROW;
      if (at >= 0) {
        int c0 = identity.charAt(at);
        int c1 = identity.charAt(at + 1);
        int c2 = identity.charAt(at + 2);
        int c3 = identity.charAt(at + 3);
        int c4 = identity.charAt(at + 4);
        int c5 = identity.charAt(at + 5);
        int c6 = identity.charAt(at + 6);
        int c7 = identity.charAt(at + 7);
        all |= c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7;
        int low = c0 | c1 << 8 | c2 << 16 | c3 << 24;
        int high = c4 | c5 << 8 | c6 << 16 | c7 << 24;
        word = (low & 0xffff_ffffL) | (long) high << 32;
      } else {
        word = 0;
        for (int i = 0; i < left; i++) {
          int c = identity.charAt(i);
          all |= c;
          word = word >>> 8 | (long) c << 56;
        }
      }
      if (!more) {
        word = (word >>> 1) >>> (63 - 8 * left) | (prefix.bytes + length) << 56;
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
      if (!more) {
        break;
      }
    }
    if (all >= 1 << Byte.SIZE) {
      return decideWide(stripes, operation, policy, identity, scope, cost, margins);
    }
    v2 ^= 0xee;
    for (int i = 0; i < FINAL_ROUNDS; i++) {
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
    long high = v0 ^ v1 ^ v2 ^ v3;
    v1 ^= 0xdd;
    for (int i = 0; i < FINAL_ROUNDS; i++) {
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
    return stripes.decide(high, v0 ^ v1 ^ v2 ^ v3, operation, policy, cost, margins);
  }

  private long decideWide(
      StripedStore stripes,
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long @Nullable [] margins) {
    KeyPrefix prefix = prefix(policy.uid(), scope, true);
    if (prefix == null) {
      return decideAnew(stripes, operation, policy, identity, scope, cost, margins);
    }
    SipState state = new SipState(prefix);
    state.absorbLast(identity, true, prefix.bytes);
    long high = state.first();
    return stripes.decide(high, state.second(), operation, policy, cost, margins);
  }

  /** With a prefix that is not kept: the state stays here, so that the compiler needs no object. */
  private long decideAnew(
      StripedStore stripes,
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long @Nullable [] margins) {
    boolean wide = isWide(identity);
    SipState state = new SipState(seed0, seed1);
    long bytes = KeyPrefix.absorb(state, policy.uid(), scope, wide);
    state.absorbLast(identity, wide, bytes);
    long high = state.first();
    return stripes.decide(high, state.second(), operation, policy, cost, margins);
  }

  private static boolean isWide(String text) {
    int all = 0;
    for (int i = 0; i < text.length(); i++) {
      all |= text.charAt(i);
    }
    return all >= 1 << Byte.SIZE;
  }

  /** What is kept of a prefix, or is from now on; null where there is no place for it. */
  private @Nullable KeyPrefix prefix(String uid, String scope, boolean wide) {
    int place = (uid.hashCode() * 31 + scope.hashCode() + (wide ? 1 : 0)) & (PREFIXES - 1);
    KeyPrefix kept = prefixes[place];
    if (kept != null && kept.isOf(uid, scope, wide)) {
      return kept;
    }
    return prefixNear(place, uid, scope, wide);
  }

  private @Nullable KeyPrefix prefixNear(int first, String uid, String scope, boolean wide) {
    for (int i = 0; i < NEAR; i++) {
      int place = (first + i) & (PREFIXES - 1);
      KeyPrefix kept = prefixes[place];
      if (kept == null) {
        return keep(place, uid, scope, wide);
      }
      if (kept.isOf(uid, scope, wide)) {
        return kept;
      }
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    // Scopes may be paths, which clients make up: those should not drive out the routes.
    if (random.nextInt(SELDOM) != 0) {
      return null;
    }
    return keep((first + random.nextInt(NEAR)) & (PREFIXES - 1), uid, scope, wide);
  }

  private KeyPrefix keep(int place, String uid, String scope, boolean wide) {
    KeyPrefix made = new KeyPrefix(new SipState(seed0, seed1), uid, scope, wide);
    prefixes[place] = made;
    return made;
  }
}
