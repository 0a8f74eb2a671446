package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The decision of a throttle about one hit, peek, refund or settlement.
 *
 * <p>A decision is either allowed or denied. A denial states when the same hit will pass, unless
 * the time is unknown or waiting does not help. Immutable and safe for any number of threads.
 */
public final class Decision {

  private final QuotaPolicy policy;
  private final Operation operation;
  private final long cost;
  private final long patience;
  final long outcome;
  private final long @Nullable [] margins;
  private final boolean shadow;

  /**
   * Stores the backend's answer. Most callers only need {@link #allowed()}.
   *
   * @param cost 0 if it was never determined
   * @param patience nanoseconds that a hit or peek may wait for its tokens
   * @param outcome the smallest margin, or a value of {@link PolicyOutcome}
   * @param margins of several rates, at the beginning; for one rate, only the unpaid tokens of a
   *     settlement after them
   * @param shadow whether a denial is not applied
   */
  Decision(
      QuotaPolicy policy,
      Operation operation,
      long cost,
      long patience,
      long outcome,
      long @Nullable [] margins,
      boolean shadow) {
    this.policy = policy;
    this.operation = operation;
    this.cost = cost;
    this.patience = patience;
    this.outcome = outcome;
    this.margins = margins;
    this.shadow = shadow;
  }

  QuotaPolicy policy() {
    return policy;
  }

  long cost() {
    return cost;
  }

  long patience() {
    return patience;
  }

  boolean isHit() {
    return operation == Operation.HIT;
  }

  private boolean isHitOrPeek() {
    return isHit() || operation == Operation.PEEK;
  }

  /** {@return whether the hit may proceed, after its {@link #delay()}} */
  public boolean allowed() {
    return shadow || granted();
  }

  /**
   * {@return whether this would be a denial if the throttle were not in {@link Throttle#setShadow
   * shadow}} The hit is allowed, has taken nothing and does not wait.
   */
  public boolean shadowed() {
    return shadow && !granted();
  }

  boolean granted() {
    if (impossible() || (outcome < 0 && PolicyOutcome.isPolicyOutcome(outcome))) {
      return false;
    }
    return outcome >= 0 || cost == 0 || !isHitOrPeek() || Margin.nanos(outcome) >= -patience;
  }

  /**
   * {@return the time after which an allowed hit may proceed, not negative} It is above zero only
   * for a {@link Throttle#reserve reservation}, whose tokens are there after this time.
   */
  public Duration delay() {
    return Duration.ofNanos(delayNanos());
  }

  long delayNanos() {
    boolean waits = patience > 0 && cost > 0 && marginCount() > 0 && granted() && !shadow;
    return waits ? Math.max(0, -Margin.nanos(outcome)) : 0;
  }

  /** {@return whether the hit must be refused, the opposite of {@link #allowed()}} */
  public boolean denied() {
    return !allowed();
  }

  /** {@return whether the cost exceeds the capacity of a rate} Such a hit is always denied. */
  public boolean impossible() {
    return cost > policy.capacity()
        && isHitOrPeek()
        && outcome != PolicyOutcome.EXEMPT
        && outcome != PolicyOutcome.DENIED_ANONYMOUS;
  }

  /**
   * {@return whether no limit applies} The client is {@link Identity#EXEMPT} or anonymous under
   * {@link AnonymousPolicy#EXEMPT}, or the throttle is unlimited or switched off. Adapters then
   * send no header fields.
   */
  public boolean exempt() {
    return outcome == PolicyOutcome.EXEMPT;
  }

  /**
   * {@return whether the decision is not based on the backend's own buckets} The backend failed and
   * the {@link FailurePolicy} or a wrapper decided, or this is {@link #overloaded() overload}.
   */
  public boolean degraded() {
    for (int i = 0; i < marginCount(); i++) {
      if (Margin.isDegraded(margin(i))) {
        return true;
      }
    }
    return PolicyOutcome.isDegraded(outcome);
  }

  /**
   * {@return whether this is a denial because too many calls are waiting in this process} It does
   * not depend on the {@link FailurePolicy}. Adapters respond with 503.
   */
  public boolean overloaded() {
    return PolicyOutcome.isOverload(outcome);
  }

  /**
   * {@return the number of tokens that this decision took from each bucket} It is 0 for denials,
   * peeks, refunds and exemptions, and for hits that passed because the backend failed.
   */
  public long charged() {
    return isCharged() ? cost : 0;
  }

  boolean isCharged() {
    return isHit() && marginCount() > 0 && granted();
  }

  /**
   * The number of whole tokens that remain after the decision. With several rates, the smallest
   * number counts. After a peek, it is the number before the hit.
   *
   * @return at least 0; if the backend did not answer, {@link Long#MAX_VALUE} if allowed and 0 if
   *     denied
   */
  public long remaining() {
    long smallest = marginCount() == 0 && denied() ? 0 : Long.MAX_VALUE;
    for (int i = 0; i < marginCount(); i++) {
      smallest = Math.min(smallest, remaining(i));
    }
    return smallest;
  }

  /**
   * The time after which the same hit passes, if no other hit comes before it. With several rates,
   * the longest time counts. A hit with patience passes as soon as its patience suffices.
   *
   * @return above zero; empty if allowed, or if the time is unknown or waiting does not help
   */
  public Optional<Duration> retryAfter() {
    long nanos = retryAfterNanos();
    return nanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
  }

  /**
   * {@return {@link #retryAfter()} in whole seconds, rounded up, as in {@code Retry-After} (RFC
   * 9110, section 10.2.3)} At least 1; empty where {@link #retryAfter()} is.
   */
  public OptionalLong retryAfterSeconds() {
    return Seconds.optional(retryAfterNanos());
  }

  /** Returns 0 where {@link #retryAfter()} is empty. */
  long retryAfterNanos() {
    if (granted() || impossible()) {
      return 0;
    }
    long longest = 0;
    for (int i = 0; i < marginCount(); i++) {
      longest = Math.max(longest, -Margin.nanos(margin(i)) - patience);
    }
    return longest;
  }

  /**
   * {@return the tokens of a settlement that a bucket could not owe, because its debt reached the
   * limit} With several rates, the largest number counts. It is 0 for any other operation.
   */
  public long unpaid() {
    return operation == Operation.SETTLE && margins != null ? margins[policy.size()] : 0;
  }

  /**
   * {@return the time until every bucket is full if no further token is taken, not negative} Zero
   * if the backend did not answer.
   */
  public Duration resetAfter() {
    return Duration.ofNanos(resetAfterNanos());
  }

  /** {@return {@link #resetAfter()} in whole seconds, rounded up; at least 0} */
  public long resetAfterSeconds() {
    return Seconds.roundedUp(resetAfterNanos());
  }

  private long resetAfterNanos() {
    long longest = 0;
    for (int i = 0; i < marginCount(); i++) {
      longest = Math.max(longest, policy.rate(i).fillNanos() - levelNanos(i));
    }
    return longest;
  }

  /**
   * {@return the rate that determined the decision} For a denial, it is the rate with the longest
   * time to retry, or the one with the smallest capacity if the cost exceeds it. Otherwise it is
   * the rate with the fewest remaining tokens.
   */
  public Rate rate() {
    return policy.rate(DecisiveRates.index(this));
  }

  /**
   * {@return the name of {@link #rate()} in header fields and problem documents} It is the
   * throttle's uid; with several rates, followed by a dash and the rate's position from 1.
   */
  public String policyName() {
    return policy.nameOf(DecisiveRates.index(this));
  }

  /**
   * {@return the names of the rates that denied the hit, in the throttle's order} These rates lack
   * tokens, or the cost exceeds their capacity. If the backend did not answer, it is only {@link
   * #policyName()}. It is empty if allowed.
   */
  public List<String> violatedPolicies() {
    return DecisiveRates.violated(this);
  }

  /**
   * {@return the state of each rate, in the throttle's order; unmodifiable} Empty if no limit
   * applies, the backend did not answer, or the throttle is in {@link Throttle#setShadow shadow}.
   */
  public List<Quota> quotas() {
    Quota[] quotas = new Quota[shadow ? 0 : marginCount()];
    for (int i = 0; i < quotas.length; i++) {
      Rate rate = policy.rate(i);
      Duration resetAfter = Duration.ofNanos(rate.fillNanos() - levelNanos(i));
      quotas[i] = new Quota(policy.nameOf(i), rate, remaining(i), resetAfter);
    }
    return List.of(quotas);
  }

  long remaining(int index) {
    return Math.max(0, levelNanos(index)) / policy.rate(index).nanosPerToken();
  }

  /** The level of a bucket as refill time; negative if it owes. */
  private long levelNanos(int index) {
    Rate rate = policy.rate(index);
    long level = Margin.nanos(margin(index));
    if (!isCharged() && isHitOrPeek() && !impossible()) {
      // A margin has the cost subtracted even if the hit was not charged.
      level += cost * rate.nanosPerToken();
    }
    return Math.min(level, rate.fillNanos());
  }

  /** The number of margins that the backend returned: one per rate, or none. */
  int marginCount() {
    return PolicyOutcome.isPolicyOutcome(outcome) ? 0 : policy.size();
  }

  long margin(int index) {
    return margins == null || policy.size() == 1 ? outcome : margins[index];
  }

  /**
   * The state of one rate for a client.
   *
   * @param name the throttle's uid; with several rates, followed by a dash and the rate's position
   *     from 1; not null
   * @param rate the rate, not null
   * @param remaining the number of whole tokens that remain, from 0 to the rate's capacity
   * @param resetAfter the time until the bucket is full; not null, not negative
   */
  public record Quota(String name, Rate rate, long remaining, Duration resetAfter) {

    /**
     * Creates a quota.
     *
     * @param name the name, not null
     * @param rate the rate, not null
     * @param remaining the number of whole tokens that remain
     * @param resetAfter the time until the bucket is full, not null
     */
    public Quota {
      Objects.requireNonNull(name, "name must not be null");
      Objects.requireNonNull(rate, "rate must not be null");
      Objects.requireNonNull(resetAfter, "resetAfter must not be null");
    }

    /** {@return {@link #resetAfter()} in whole seconds, rounded up; at least 0} */
    public long resetAfterSeconds() {
      return Seconds.roundedUp(resetAfter.toNanos());
    }
  }

  @Override
  public String toString() {
    String start = policy.uid() + (shadowed() ? " shadowed" : allowed() ? " allowed" : " denied");
    return exempt()
        ? start + ", exempt"
        : start
            + (delayNanos() > 0 ? ", after " + delay() : "")
            + (impossible() ? ", impossible" : "")
            + (overloaded() ? ", overloaded" : degraded() ? ", degraded" : "")
            + (", remaining " + remaining())
            + retryAfter().map(time -> ", retry after " + time).orElse("")
            + (unpaid() > 0 ? ", unpaid " + unpaid() : "")
            + (" (" + rate() + ")");
  }
}
