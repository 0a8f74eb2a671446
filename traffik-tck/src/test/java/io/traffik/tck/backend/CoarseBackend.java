package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.math.BigInteger;
import java.util.Map;

/**
 * A correct backend whose numbers fit into a double. Its clock has a resolution of a microsecond,
 * and it stores missing tokens in units of which a whole number refills per microsecond. Calls that
 * take nothing write nothing, so that the next hit adapts a bucket to a changed rate.
 */
final class CoarseBackend extends ReferenceBackend {

  private static final long LARGEST = 1L << 52;

  /**
   * The missing units of a bucket.
   *
   * @param last the microsecond of the last update
   */
  record State(long last, long missing, Refill refill) {

    long fullAt() {
      return last + Math.floorDiv(missing + refill.perMicro() - 1, refill.perMicro());
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
  long[] decideAt(long now, Operation operation, QuotaPolicy policy, Object key, long cost) {
    long[] margins = new long[policy.size()];
    State[] before = new State[policy.size()];
    for (int i = 0; i < margins.length; i++) {
      Rate rate = policy.rate(i);
      before[i] = present(states.get(place(key, i)), now, rate);
      margins[i] =
          operation == Operation.REFUND
              ? margin(refunded(before[i], cost), rate, 0)
              : margin(before[i], rate, cost);
    }
    if (operation == Operation.PEEK || cost == 0) {
      return margins;
    }
    boolean granted = Margin.areGranted(margins);
    for (int i = 0; i < margins.length; i++) {
      State state = before[i];
      State charged = granted ? taken(state, cost) : state;
      states.put(place(key, i), operation == Operation.HIT ? charged : refunded(state, cost));
    }
    return margins;
  }

  private static State present(State stored, long now, Rate rate) {
    Refill refill = Refill.of(rate);
    if (stored == null) {
      return new State(now, 0, refill);
    }
    long full = rate.capacity() * refill.perToken();
    if (!stored.refill().equals(refill)) {
      long wait = Math.max(0, stored.fullAt() - Math.max(now, stored.last()));
      return new State(now, times(wait, refill.perMicro(), full), refill);
    }
    long elapsed = Math.max(0, now - stored.last());
    long missing = stored.missing() - times(elapsed, refill.perMicro(), stored.missing());
    return new State(now, Math.min(missing, full), refill);
  }

  /** A product, at most the limit. */
  private static long times(long a, long b, long limit) {
    return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? limit : Math.min(a * b, limit);
  }

  private static State taken(State state, long cost) {
    return new State(
        state.last(), state.missing() + cost * state.refill().perToken(), state.refill());
  }

  private static State refunded(State state, long cost) {
    long given = times(cost, state.refill().perToken(), state.missing());
    return new State(state.last(), state.missing() - given, state.refill());
  }

  private static long margin(State state, Rate rate, long cost) {
    Refill refill = state.refill();
    long left = (rate.capacity() - cost) * refill.perToken() - state.missing();
    if (left < 0) {
      return Math.floorDiv(left, refill.perMicro()) * 1_000;
    }
    return BigInteger.valueOf(left)
        .multiply(BigInteger.valueOf(rate.nanosPerToken()))
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
