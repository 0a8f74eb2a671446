package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The entry to the store: hashes a key to a fingerprint of 128 bits and lets the {@link
 * StripedStore} decide it.
 *
 * <p><b>Why the hash also decides.</b> A Java method cannot return 128 bits without an object, and
 * a hit must not allocate one (rule M4). The two halves of the fingerprint are therefore local
 * variables here, and are passed on as arguments of the decision. For the same reason, {@link
 * #decide} contains its own copy of the rounds of {@link SipState}, with local variables in place
 * of fields. Keys of rare kinds use {@link SipState} itself.
 *
 * <p><b>The hash.</b> SipHash-1-3 with 128-bit output (Aumasson and Bernstein, "SipHash: a fast
 * short-input PRF") under a secret random seed: no client can choose keys that collide. The store
 * keeps 112 of the 128 bits. Two keys would share a bucket if these were equal: among a million
 * keys, with a chance of 10<sup>−22</sup> (rule K1). The index of the policy's {@link RateList}
 * replaces the other 16 bits. A search without the lock therefore misses a key of other rates.
 *
 * <p><b>The message.</b> It consists of the {@link KeyPrefix} of uid and scope, and the characters
 * of the identity: one byte each if all of them fit, otherwise two. Different keys are always
 * different messages. The prefix contains its own length and the width of the characters, and
 * SipHash adds the length of the whole message.
 */
final class KeyHash extends KeyPrefixCache {

  private static final int NARROW = SipState.NARROW;
  private static final int FINALIZATION_ROUNDS = SipState.FINALIZATION_ROUNDS;

  private final StripedStore store;

  /** Creates a hash with a given seed. */
  KeyHash(StripedStore store, long seed0, long seed1) {
    super(store.lists(), seed0, seed1);
    this.store = store;
  }

  /** Creates a hash with a secret seed. */
  static KeyHash random(StripedStore store) {
    SecureRandom random = new SecureRandom();
    return new KeyHash(store, random.nextLong(), random.nextLong());
  }

  /**
   * Decides a key. This path serves identities whose characters fit into one byte each, on routes
   * whose prefix is cached.
   *
   * @param margins receives the answer; may be null if the policy has one rate, except for a
   *     settlement
   * @return the margin of the first rate
   */
  long decide(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long argument,
      long @Nullable [] margins) {
    KeyPrefix prefix = prefix(policy, scope, false);
    int rates = prefix == null ? RateIndexCache.NONE : indexOf(policy, prefix);
    if (prefix == null || rates == RateIndexCache.NONE) {
      return decideUncached(operation, policy, identity, scope, cost, argument, margins);
    }
    int length = identity.length();
    long v0 = prefix.v0;
    long v1 = prefix.v1;
    long v2 = prefix.v2;
    long v3 = prefix.v3;
    // All characters combined: exceeds a byte if one of them does.
    int allBits = 0;
    long word;
    for (int from = 0; ; from += NARROW) {
      boolean more = from + NARROW <= length;
      int left = length - from;
      // The last word reads the last eight characters and shifts out those hashed before. A loop
      // over the remaining ones would be mispredicted, since their number differs between clients.
      int start = more ? from : length - NARROW;
      if (start >= 0) {
        int c0 = identity.charAt(start);
        int c1 = identity.charAt(start + 1);
        int c2 = identity.charAt(start + 2);
        int c3 = identity.charAt(start + 3);
        int c4 = identity.charAt(start + 4);
        int c5 = identity.charAt(start + 5);
        int c6 = identity.charAt(start + 6);
        int c7 = identity.charAt(start + 7);
        allBits |= c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7;
        int low = c0 | c1 << 8 | c2 << 16 | c3 << 24;
        int high = c4 | c5 << 8 | c6 << 16 | c7 << 24;
        word = (low & 0xffff_ffffL) | (long) high << 32;
      } else {
        word = 0;
        for (int i = 0; i < left; i++) {
          int c = identity.charAt(i);
          allBits |= c;
          word = word >>> 8 | (long) c << 56;
        }
      }
      if (!more) {
        word = (word >>> 1) >>> (63 - 8 * left) | (prefix.bytes + length) << 56;
      }
      // SipState.compress(word): one SipRound.
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
    if (allBits >= 1 << Byte.SIZE) {
      return decideWide(operation, policy, identity, scope, cost, argument, margins);
    }
    // SipState.finalizeFirst().
    v2 ^= SipState.FIRST_HALF;
    for (int i = 0; i < FINALIZATION_ROUNDS; i++) {
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
    // SipState.finalizeSecond().
    v1 ^= SipState.SECOND_HALF;
    for (int i = 0; i < FINALIZATION_ROUNDS; i++) {
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
    long low = RateList.withIndex(v0 ^ v1 ^ v2 ^ v3, rates);
    return store.decide(high, low, operation, policy, cost, argument, margins);
  }

  /** Decides a key whose identity has characters of two bytes. */
  private long decideWide(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long argument,
      long @Nullable [] margins) {
    KeyPrefix prefix = prefix(policy, scope, true);
    int rates = prefix == null ? RateIndexCache.NONE : indexOf(policy, prefix);
    if (prefix == null || rates == RateIndexCache.NONE) {
      return decideUncached(operation, policy, identity, scope, cost, argument, margins);
    }
    SipState state = new SipState(prefix);
    state.compressLast(identity, true, prefix.bytes);
    long high = state.finalizeFirst();
    long low = RateList.withIndex(state.finalizeSecond(), rates);
    return store.decide(high, low, operation, policy, cost, argument, margins);
  }

  /**
   * Decides a key whose prefix is not cached. The state does not leave this method, so that the
   * compiler can avoid the object.
   */
  private long decideUncached(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long argument,
      long @Nullable [] margins) {
    // A peek or a refund finds a key by its hash alone, so it must not use up an index.
    RateList rates =
        Stripe.mayAdd(operation, policy, cost)
            ? lists.of(policy.rates())
            : lists.find(policy.rates());
    boolean wide = isWide(identity);
    SipState state = new SipState(seed0, seed1);
    long bytes = KeyPrefix.compress(state, policy.uid(), scope, wide);
    state.compressLast(identity, wide, bytes);
    long high = state.finalizeFirst();
    long low = RateList.withIndex(state.finalizeSecond(), rates.index());
    return store.decide(high, low, operation, policy, cost, argument, margins);
  }

  private static boolean isWide(String text) {
    int allBits = 0;
    for (int i = 0; i < text.length(); i++) {
      allBits |= text.charAt(i);
    }
    return allBits >= 1 << Byte.SIZE;
  }
}
