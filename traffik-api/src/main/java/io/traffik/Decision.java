package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a throttle decided about one hit, peek or refund.
 *
 * <p>A decision is either allowed or denied. A denial says how long the same hit stays denied, or
 * that waiting does not help. Immutable and safe for any number of threads.
 */
public final class Decision {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final QuotaPolicy policy;
  private final Operation operation;
  private final long cost;
  private final long answer;
  private final long @Nullable [] margins;

  /**
   * Keeps the answer as it came; everything else is worked out when asked for, so that a decision
   * that is only asked whether it is allowed costs nothing.
   *
   * @param cost of the hit, 0 if it was not asked for
   * @param answer a margin, of several rates any that is negative if one denies, or a number of
   *     {@link PolicyOutcome}
   * @param margins begins with the margins of several rates; of one rate not looked at
   */
  Decision(
      QuotaPolicy policy, Operation operation, long cost, long answer, long @Nullable [] margins) {
    this.policy = policy;
    this.operation = operation;
    this.cost = cost;
    this.answer = answer;
    this.margins = margins;
  }

  boolean isOfHit() {
    return operation == Operation.HIT;
  }

  /**
   * Whether the hit may proceed.
   *
   * @return true unless denied
   */
  public boolean allowed() {
    return answer >= 0 && !impossible();
  }

  /**
   * Whether the hit is to be refused.
   *
   * @return the opposite of {@link #allowed()}
   */
  public boolean denied() {
    return !allowed();
  }

  /**
   * Whether this is a denial because the cost is above the capacity of a rate: it can never fit.
   *
   * @return true if no waiting helps
   */
  public boolean impossible() {
    return cost > policy.capacity()
        && operation != Operation.REFUND
        && answer != PolicyOutcome.EXEMPT
        && answer != PolicyOutcome.REFUSED_ANONYMOUS;
  }

  /**
   * Whether no limit applies: the client is {@link Identity#EXEMPT}, or the throttle is unlimited
   * or switched off. No header fields are due then.
   *
   * @return true if nothing was counted
   */
  public boolean exempt() {
    return answer == PolicyOutcome.EXEMPT;
  }

  /**
   * Whether the backend in charge did not decide: it failed and the {@link FailurePolicy} decided,
   * or a stand-in answered for it.
   *
   * @return true if the decision is not the one that the store in charge would have given
   */
  public boolean degraded() {
    if (PolicyOutcome.isFailure(answer)) {
      return true;
    }
    for (int i = 0; i < answers(); i++) {
      if (Margin.isDegraded(margin(i))) {
        return true;
      }
    }
    return false;
  }

  /**
   * The tokens that this decision took from each bucket, and that a refund would give back.
   *
   * @return the cost of an allowed hit; 0 for denials, peeks, refunds, exemptions and hits that
   *     passed because the backend failed
   */
  public long charged() {
    return isCharged() ? cost : 0;
  }

  private boolean isCharged() {
    return operation == Operation.HIT && answers() > 0 && allowed();
  }

  /**
   * Whole tokens left after the decision (a peek: before the hit that it asks about); of several
   * rates the smallest.
   *
   * @return at least 0; {@link Long#MAX_VALUE} where nothing limits, 0 where a denial came without
   *     the backend's answer
   */
  public long remaining() {
    if (answers() == 0) {
      return allowed() ? Long.MAX_VALUE : 0;
    }
    long smallest = Long.MAX_VALUE;
    for (int i = 0; i < answers(); i++) {
      smallest = Math.min(smallest, remaining(i));
    }
    return smallest;
  }

  /**
   * How long the same hit stays denied, with no other in between; of several rates the largest.
   *
   * @return above zero; empty if allowed, or where waiting does not help
   */
  public Optional<Duration> retryAfter() {
    long nanos = retryAfterNanos();
    return nanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
  }

  /**
   * {@link #retryAfter()} in whole seconds, rounded up, as {@code Retry-After} has it (RFC 9110,
   * section 10.2.3).
   *
   * @return at least 1; empty if allowed, or where waiting does not help
   */
  public OptionalLong retryAfterSeconds() {
    return optionalSeconds(retryAfterNanos());
  }

  /** Whole seconds, rounded up; empty for 0 nanoseconds. */
  static OptionalLong optionalSeconds(long nanos) {
    return nanos == 0 ? OptionalLong.empty() : OptionalLong.of(wholeSeconds(nanos));
  }

  private static long wholeSeconds(long nanos) {
    return nanos == 0 ? 0 : (nanos - 1) / NANOS_PER_SECOND + 1;
  }

  /** 0 if allowed, or where waiting does not help. */
  long retryAfterNanos() {
    if (impossible()) {
      return 0;
    }
    long longest = 0;
    for (int i = 0; i < answers(); i++) {
      longest = Math.max(longest, -Margin.nanos(margin(i)));
    }
    return longest;
  }

  /**
   * The time until every bucket is full, if nothing more is taken.
   *
   * @return not negative; zero where the backend did not answer
   */
  public Duration resetAfter() {
    return Duration.ofNanos(resetAfterNanos());
  }

  /**
   * Returns {@link #resetAfter()} in whole seconds, rounded up.
   *
   * @return at least 0
   */
  public long resetAfterSeconds() {
    return wholeSeconds(resetAfterNanos());
  }

  private long resetAfterNanos() {
    long longest = 0;
    for (int i = 0; i < answers(); i++) {
      longest = Math.max(longest, policy.rate(i).fillNanos() - held(i));
    }
    return longest;
  }

  /**
   * The rate that decided: of a denial the one to wait for longest (or whose capacity the cost
   * exceeds), else the one with the fewest tokens left.
   *
   * @return one of the throttle's rates
   */
  public Rate rate() {
    return policy.rate(decisive());
  }

  /**
   * The name under which clients are told of {@link #rate()}.
   *
   * @return the throttle's uid; with several rates followed by the place of the rate
   */
  public String policyName() {
    return policy.nameOf(decisive());
  }

  /**
   * The names under which clients are told of the rates that denied.
   *
   * @return the rates that are to be waited for, or whose capacity the cost exceeds, in the
   *     throttle's order; the throttle's first where the backend was not asked or did not answer;
   *     empty if allowed
   */
  public List<String> violatedPolicies() {
    List<String> names = new ArrayList<>();
    for (int i = 0; denied() && i < policy.size(); i++) {
      boolean violated = impossible() ? cost > policy.rate(i).capacity() : margin(i) < 0;
      if (violated && (impossible() || answers() > 0)) {
        names.add(policy.nameOf(i));
      }
    }
    return denied() && names.isEmpty() ? List.of(policyName()) : List.copyOf(names);
  }

  private int decisive() {
    int decisive = 0;
    for (int i = 1; i < policy.size(); i++) {
      if (impossible()
          ? policy.rate(i).capacity() < policy.rate(decisive).capacity()
          : answers() != 0 && isTighter(i, decisive)) {
        decisive = i;
      }
    }
    return decisive;
  }

  private boolean isTighter(int index, int than) {
    return denied()
        ? Margin.nanos(margin(index)) < Margin.nanos(margin(than))
        : remaining(index) < remaining(than);
  }

  /**
   * What each rate has left, in the throttle's order.
   *
   * @return one quota per rate, unmodifiable; empty where no limit applies or the backend did not
   *     answer
   */
  public List<Quota> quotas() {
    List<Quota> quotas = new ArrayList<>(answers());
    for (int i = 0; i < answers(); i++) {
      Rate rate = policy.rate(i);
      quotas.add(
          new Quota(
              policy.nameOf(i), rate, remaining(i), Duration.ofNanos(rate.fillNanos() - held(i))));
    }
    return List.copyOf(quotas);
  }

  private long remaining(int index) {
    return Math.max(0, held(index)) / policy.rate(index).nanosPerToken();
  }

  /**
   * What a bucket holds now, as the time in which that much refills; below zero where a store's
   * clock has to catch up before anything does.
   */
  private long held(int index) {
    Rate rate = policy.rate(index);
    long held = Margin.nanos(margin(index));
    if (!isCharged() && operation != Operation.REFUND && !impossible()) {
      // The margin of a hit that was not charged still has the cost taken off.
      held += cost * rate.nanosPerToken();
    }
    return Math.min(held, rate.fillNanos());
  }

  /** How many rates the backend answered for: all or none. */
  private int answers() {
    return PolicyOutcome.isSettled(answer) ? 0 : policy.size();
  }

  private long margin(int index) {
    return margins == null || policy.size() == 1 ? answer : margins[index];
  }

  /**
   * What one rate of a throttle has left for a client. No part is null.
   *
   * @param name the throttle's uid; with several rates followed by a dash and the place of the
   *     rate, from 1
   * @param rate the rate
   * @param remaining whole tokens left, from 0 to the rate's capacity
   * @param resetAfter the time until the bucket is full, not negative
   */
  public record Quota(String name, Rate rate, long remaining, Duration resetAfter) {

    /**
     * Takes the parts as they are, if none is null.
     *
     * @param name not null
     * @param rate not null
     * @param remaining whole tokens left
     * @param resetAfter not null
     */
    public Quota {
      Objects.requireNonNull(name, "name must not be null");
      Objects.requireNonNull(rate, "rate must not be null");
      Objects.requireNonNull(resetAfter, "resetAfter must not be null");
    }

    /**
     * Returns {@link #resetAfter()} in whole seconds, rounded up.
     *
     * @return at least 0
     */
    public long resetAfterSeconds() {
      return wholeSeconds(resetAfter.toNanos());
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(policy.uid());
    text.append(allowed() ? " allowed" : " denied");
    if (exempt()) {
      return text.append(", exempt").toString();
    }
    if (impossible()) {
      text.append(", impossible");
    }
    if (degraded()) {
      text.append(", degraded");
    }
    text.append(", remaining ").append(remaining());
    retryAfter().ifPresent(wait -> text.append(", retry after ").append(wait));
    return text.append(" (").append(rate()).append(')').toString();
  }
}
