package io.traffik;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
  private final Outcome outcome;
  private final long cost;
  private final long single;
  private final long @Nullable [] several;

  /**
   * Keeps the backend's answer as it came; everything else is worked out when asked for, so that a
   * decision that is only asked whether it is allowed costs nothing.
   *
   * @param cost the cost that the margins reckon with
   */
  Decision(
      QuotaPolicy policy,
      Operation operation,
      Outcome outcome,
      long cost,
      long single,
      long @Nullable [] several) {
    this.policy = policy;
    this.operation = operation;
    this.outcome = outcome;
    this.cost = cost;
    this.single = single;
    this.several = several;
  }

  Decision copy() {
    return new Decision(policy, operation, outcome, cost, single, several);
  }

  /**
   * Whether the hit may proceed.
   *
   * @return true unless denied
   */
  public boolean allowed() {
    return switch (outcome) {
      case ANSWERED -> several == null ? Margin.isGranted(single) : Margin.areGranted(several);
      case EXEMPT, ALLOWED_ON_FAILURE -> true;
      default -> false;
    };
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
    return outcome == Outcome.IMPOSSIBLE || outcome == Outcome.IMPOSSIBLE_UNANSWERED;
  }

  /**
   * Whether no limit applies: the client is {@link Identity#EXEMPT}, or the throttle is unlimited
   * or switched off. No header fields are due then.
   *
   * @return true if nothing was counted
   */
  public boolean exempt() {
    return outcome == Outcome.EXEMPT;
  }

  /**
   * Whether the backend in charge did not decide: it failed and the {@link FailurePolicy} decided,
   * or a stand-in answered for it.
   *
   * @return true if the decision is not the one that the store in charge would have given
   */
  public boolean degraded() {
    return switch (outcome) {
      case ANSWERED, IMPOSSIBLE -> isAnyDegraded();
      case ALLOWED_ON_FAILURE, DENIED_ON_FAILURE, IMPOSSIBLE_UNANSWERED -> true;
      default -> false;
    };
  }

  private boolean isAnyDegraded() {
    for (int i = 0; i < answers(); i++) {
      if (Margin.isDegraded(answer(i))) {
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
    return operation == Operation.HIT && outcome == Outcome.ANSWERED && allowed();
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
    long nanos = retryAfterNanos();
    return nanos == 0 ? OptionalLong.empty() : OptionalLong.of((nanos - 1) / NANOS_PER_SECOND + 1);
  }

  private long retryAfterNanos() {
    if (outcome != Outcome.ANSWERED) {
      return 0;
    }
    long longest = 0;
    for (int i = 0; i < answers(); i++) {
      longest = Math.max(longest, -Margin.nanos(answer(i)));
    }
    return longest;
  }

  /**
   * The time until every bucket is full, if nothing more is taken.
   *
   * @return not negative; zero where the backend did not answer
   */
  public Duration resetAfter() {
    long longest = 0;
    for (int i = 0; i < answers(); i++) {
      longest = Math.max(longest, policy.rate(i).fillNanos() - held(i));
    }
    return Duration.ofNanos(longest);
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
        ? Margin.nanos(answer(index)) < Margin.nanos(answer(than))
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
    return held(index) / policy.rate(index).nanosPerToken();
  }

  /** What a bucket holds now, as the time in which that much refills. */
  private long held(int index) {
    long margin = Margin.nanos(answer(index));
    // The margin of a hit that was not charged still has the cost taken off.
    return isCharged() ? margin : margin + cost * policy.rate(index).nanosPerToken();
  }

  private int answers() {
    return outcome.isAsked() ? policy.size() : 0;
  }

  private long answer(int index) {
    return several == null ? single : several[index];
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
