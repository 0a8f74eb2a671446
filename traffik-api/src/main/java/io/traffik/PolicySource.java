package io.traffik;

import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The policies of one throttle: its own rates, which may change, and those that a function chooses
 * for a hit (rule T9). Equal rates have one policy, as long as there are few different ones. Safe
 * for any number of threads.
 */
final class PolicySource {

  /** Beyond it, every further {@link Rates} object has a policy of its own. */
  static final int MAX_INTERNED = 4_096;

  private final String uid;
  private final @Nullable Function<? super ConnectionView, @Nullable Rates> function;
  private final PolicyLimits limits;
  private final QuotaPolicy unlimited;
  private final ConcurrentMap<Rates, QuotaPolicy> interned = new ConcurrentHashMap<>();

  /** The policy of the throttle's own rates; null if only the function chooses rates. */
  private volatile @Nullable QuotaPolicy own;

  /**
   * @param rates the throttle's own rates; empty if the function always chooses some
   * @throws ConfigurationException if the throttle's own rates are invalid
   */
  PolicySource(
      String uid,
      List<Rate> rates,
      @Nullable Function<? super ConnectionView, @Nullable Rates> function,
      PolicyLimits limits) {
    // A string of its own, by which this source recognises its policies.
    this.uid = String.valueOf(uid.toCharArray());
    this.function = function;
    this.limits = limits;
    this.unlimited = QuotaPolicy.of(uid, Rates.UNLIMITED.list());
    if (function == null || !rates.isEmpty()) {
      change(rates);
    }
  }

  String uid() {
    return uid;
  }

  /**
   * The policy of a hit. The compiler inlines it into {@link DecisionPath#decide}, which must stay
   * small for a decision to leave no garbage.
   */
  @SuppressWarnings("ReferenceEquality") // another throttle may have the same uid
  QuotaPolicy of(ConnectionView view) {
    QuotaPolicy policy = own;
    Rates chosen = function == null ? null : function.apply(view);
    if (chosen != null) {
      QuotaPolicy first = chosen.policy;
      return first != null && first.uid() == uid ? first : intern(chosen);
    }
    if (policy == null) {
      throw new ConfigurationException(
          "The rates function of throttle \""
              + uid
              + "\" returned null, and the throttle has no other rates. Return Rates.UNLIMITED for no"
              + " limit, or add a .rate(…) for all others.");
    }
    return policy;
  }

  private QuotaPolicy intern(Rates rates) {
    QuotaPolicy known = interned.get(rates);
    QuotaPolicy policy = known != null ? known : create(rates);
    if (rates.policy == null) {
      rates.policy = policy;
    }
    return policy;
  }

  private QuotaPolicy create(Rates rates) {
    QuotaPolicy created = QuotaPolicy.of(uid, rates.list());
    limits.requireChosen(created);
    if (interned.size() >= MAX_INTERNED) {
      return created;
    }
    QuotaPolicy other = interned.putIfAbsent(rates, created);
    return other == null ? created : other;
  }

  /** The policy of hits that are not counted, because the throttle is switched off. */
  QuotaPolicy unlimited() {
    return unlimited;
  }

  /** Changes the throttle's own rates. Hits that have begun use the rates from before. */
  void change(List<Rate> rates) {
    QuotaPolicy policy = QuotaPolicy.of(uid, rates);
    limits.requireOwn(policy);
    own = policy;
  }

  /** The throttle's own rates; empty if only the function chooses rates. */
  List<Rate> rates() {
    QuotaPolicy policy = own;
    return policy == null ? List.of() : policy.rates();
  }

  /** Whether any hit may need a backend. */
  boolean mayBeLimited() {
    QuotaPolicy policy = own;
    return function != null || (policy != null && !policy.isUnlimited());
  }
}
