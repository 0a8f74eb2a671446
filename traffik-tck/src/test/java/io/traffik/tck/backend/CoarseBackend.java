package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;

/**
 * A correct backend that rounds. Its clock has a resolution of a microsecond, and it stores missing
 * tokens in units of which a whole number refills per microsecond.
 */
final class CoarseBackend extends ReferenceBackend {

  private static final long LARGEST = 1L << 52;

  /**
   * The missing units of a bucket.
   *
   * @param last the microsecond of the last update
   */
  record State(long last, BigInteger missing, Refill refill) {

    /** The missing units at an instant, at the speed of the last write. */
    BigInteger missingAt(long now) {
      BigInteger refilled = units(Math.max(0, now - last), refill.perMicro());
      return missing.subtract(refilled).max(BigInteger.ZERO);
    }
  }

  /** The units per token, and the units that refill per microsecond, rounded down. */
  record Refill(long perMicro, long perToken) {

    static Refill of(Rate rate) {
      BigInteger tokens = BigInteger.valueOf(rate.limit());
      BigInteger nanos = GrantLog.refillNanos(rate, tokens);
      BigInteger scaled = tokens.multiply(BigInteger.valueOf(1_000));
      BigInteger divisor = scaled.gcd(nanos);
      BigInteger most = BigInteger.valueOf(LARGEST / rate.capacity());
      BigInteger perMicro = scaled.divide(divisor);
      BigInteger perToken = nanos.divide(divisor);
      if (perToken.compareTo(most) > 0) {
        BigInteger exact = perToken;
        BigInteger units = perMicro;
        perMicro = most.multiply(units).divide(exact);
        perToken = perMicro.multiply(exact).add(units).subtract(BigInteger.ONE).divide(units);
      }
      return new Refill(perMicro.longValueExact(), perToken.longValueExact());
    }
  }

  private final Map<Object, State> states;

  CoarseBackend(String namespace, SharedStore store, Map<Object, State> states) {
    super(namespace, store);
    this.states = states;
  }

  @Override
  long now() {
    return Math.floorDiv(super.now(), 1_000);
  }

  @Override
  long[] decideAt(long now, BackendCall call, Object key) {
    QuotaPolicy policy = call.policy();
    State[] before = new State[policy.size()];
    boolean representable = true;
    boolean granted = true;
    for (int i = 0; i < before.length; i++) {
      before[i] = carried(states.get(place(key, i)), now, policy.rate(i));
      representable &= isRepresentable(before[i]);
      granted &= representable && grants(before[i], policy.rate(i), call);
    }
    boolean settles = call.operation() == Operation.SETTLE;
    long[] answer = new long[policy.size() + (settles ? 1 : 0)];
    for (int i = 0; i < before.length; i++) {
      Rate rate = policy.rate(i);
      State next = granted ? after(before[i], rate, call) : before[i];
      answer[i] =
          isRepresentable(before[i])
              ? needsTokens(call) ? margin(before[i], rate, call.cost()) : margin(next, rate, 0)
              : -call.argument() - storedWait(states.get(place(key, i)), now, rate, call);
      if (settles) {
        BigInteger paid = next.missing().subtract(before[i].missing());
        long tokens = paid.divide(BigInteger.valueOf(next.refill().perToken())).longValueExact();
        answer[before.length] = Math.max(answer[before.length], call.cost() - tokens);
      }
      if (representable && isWritten(call, granted)) {
        states.put(place(key, i), next);
      }
    }
    return answer;
  }

  private static boolean needsTokens(BackendCall call) {
    return call.operation() == Operation.HIT || call.operation() == Operation.PEEK;
  }

  private static BigInteger units(long count, long unitsPerCount) {
    return BigInteger.valueOf(count).multiply(BigInteger.valueOf(unitsPerCount));
  }

  private static State carried(State stored, long now, Rate rate) {
    Refill refill = Refill.of(rate);
    if (stored == null) {
      return new State(now, BigInteger.ZERO, refill);
    }
    BigInteger missing = stored.missingAt(now);
    return stored.refill().equals(refill)
        ? new State(now, missing, refill)
        : new State(now, scaled(missing, refill.perToken(), stored.refill().perToken()), refill);
  }

  /** A number times a fraction, rounded up. */
  private static BigInteger scaled(BigInteger number, long numerator, long denominator) {
    return new BigDecimal(number.multiply(BigInteger.valueOf(numerator)))
        .divide(BigDecimal.valueOf(denominator), 0, RoundingMode.CEILING)
        .toBigInteger();
  }

  /** A bucket that fills in 140 years may take longer in rounded units. */
  private static boolean isRepresentable(State state) {
    return state.missing().compareTo(largest(state.refill()).shiftLeft(1)) <= 0;
  }

  private static BigInteger largest(Refill refill) {
    return units(Margin.MAX_NANOS / 1_000, refill.perMicro());
  }

  private static boolean grants(State state, Rate rate, BackendCall call) {
    return switch (call.operation()) {
      case HIT, PEEK -> call.cost() == 0 || margin(state, rate, call.cost()) >= -call.argument();
      case REFUND ->
          call.argument() == 0
              || -margin(state, rate, 0) - call.argument() <= rate.nanosPerToken() / 2;
      case SETTLE -> true;
    };
  }

  private static State after(State state, Rate rate, BackendCall call) {
    Refill refill = state.refill();
    BigInteger cost = units(call.cost(), refill.perToken());
    BigInteger limit =
        units(rate.capacity(), refill.perToken())
            .add(units(call.argument(), refill.perToken()))
            .min(largest(refill));
    BigInteger missing =
        switch (call.operation()) {
          case PEEK -> state.missing();
          case HIT -> state.missing().add(cost);
          case REFUND -> state.missing().subtract(cost).max(BigInteger.ZERO);
          case SETTLE -> state.missing().max(state.missing().add(cost).min(limit));
        };
    return new State(state.last(), missing, refill);
  }

  /** The wait in nanoseconds at the stored speed, for a debt that is too long for the rate. */
  private static long storedWait(State stored, long now, Rate rate, BackendCall call) {
    Refill refill = stored.refill();
    long affordable = rate.fillNanos() + call.argument() - call.cost() * rate.nanosPerToken();
    BigInteger tolerated =
        units(affordable, refill.perToken()).divide(BigInteger.valueOf(rate.nanosPerToken()));
    BigInteger excess = stored.missingAt(now).subtract(tolerated);
    return scaled(excess, 1, refill.perMicro()).longValueExact() * 1_000;
  }

  private static long margin(State state, Rate rate, long cost) {
    Refill refill = state.refill();
    BigInteger left = units(rate.capacity() - cost, refill.perToken()).subtract(state.missing());
    if (left.signum() < 0) {
      BigInteger wait = scaled(left.negate(), 1, refill.perMicro());
      return Math.max(-Margin.MAX_NANOS, -wait.longValueExact() * 1_000);
    }
    return left.multiply(BigInteger.valueOf(rate.nanosPerToken()))
        .divide(BigInteger.valueOf(refill.perToken()))
        .longValueExact();
  }

  @Override
  public void reset() {
    requireOpen();
    store.lock();
    try {
      states.keySet().removeIf(this::isMine);
    } finally {
      store.unlock();
    }
  }
}
