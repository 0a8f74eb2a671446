package io.traffik.tck.backend;

import io.traffik.Rate;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The tokens granted to one client, to check the bound C + L·t/P (rule B3) over every span. */
final class GrantLog {

  /** Tokens that were granted between two instants. */
  private record Grant(long tokens, long before, long after) {}

  private final Rate rate;
  private final List<Grant> grants = new ArrayList<>();

  GrantLog(Rate rate) {
    this.rate = rate;
  }

  void add(long tokens, long before, long after) {
    grants.add(new Grant(tokens, before, after));
  }

  /** Checks every span that ends with the last grant. */
  void assertWithinRate(TestTime time) {
    Grant last = grants.get(grants.size() - 1);
    long sum = 0;
    for (int from = grants.size() - 1; from >= 0; from--) {
      sum += grants.get(from).tokens();
      long span = last.after() - grants.get(from).before();
      long tokens = sum;
      BigInteger due = refillNanos(rate, BigInteger.valueOf(sum - rate.capacity()));
      Assert.that(
          due.compareTo(BigInteger.valueOf(span + time.drift(span))) <= 0,
          () -> rate + " must not grant " + tokens + " tokens within " + FailureText.time(span));
    }
  }

  /** The exact time in which tokens refill, by period and limit, rounded up. */
  static BigInteger refillNanos(Rate rate, BigInteger tokens) {
    BigInteger[] parts =
        nanos(rate.period()).multiply(tokens).divideAndRemainder(BigInteger.valueOf(rate.limit()));
    return parts[1].signum() > 0 ? parts[0].add(BigInteger.ONE) : parts[0];
  }

  private static BigInteger nanos(Duration duration) {
    return BigInteger.valueOf(duration.getSeconds())
        .multiply(BigInteger.valueOf(1_000_000_000))
        .add(BigInteger.valueOf(duration.getNano()));
  }
}
