package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import org.jspecify.annotations.Nullable;

/** Calls of the store and its stripes by fingerprint, as {@link KeyHash} makes them. */
final class FingerprintCalls {

  private FingerprintCalls() {}

  /** Spreads fingerprints over the slots, as hashing does. */
  static long spread(long number) {
    return (number + 1) * 0xbf58476d1ce4e5b9L;
  }

  static long decide(
      StripedStore store,
      long high,
      long low,
      Operation operation,
      QuotaPolicy policy,
      long cost,
      long @Nullable [] margins) {
    return decide(store, high, low, operation, policy, cost, 0, margins);
  }

  static long decide(
      StripedStore store,
      long high,
      long low,
      Operation operation,
      QuotaPolicy policy,
      long cost,
      long argument,
      long @Nullable [] margins) {
    long marked = marked(store.lists(), low, policy);
    return store.decide(high, marked, operation, policy, cost, argument, margins);
  }

  /** Decides a key of one rate under the lock, and a key of several with the lock after a miss. */
  static long decide(
      Stripe stripe,
      RateListRegistry lists,
      long high,
      long low,
      Operation operation,
      QuotaPolicy policy,
      long cost) {
    long marked = marked(lists, low, policy);
    return policy.size() == 1
        ? stripe.decide(high, marked, operation, policy, cost, 0, null)
        : stripe.decideAll(high, marked, operation, policy, cost, 0, new long[policy.size()]);
  }

  /** The second half of a fingerprint, with the rates of a policy. */
  static long marked(RateListRegistry lists, long low, QuotaPolicy policy) {
    return RateList.withIndex(low, lists.of(policy.rates()).index());
  }
}
