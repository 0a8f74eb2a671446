package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.HistoryStep;
import io.traffik.bucket.RateArbitraries;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** Several hosts on one store, with clocks that differ by up to one second. */
class SkewedClocksTest {

  private static final long START = 1_767_225_600_000_000_000L;

  /** Early enough for any bucket to fill before the clock ends in 2116. */
  private static final long LATEST_START = START + 1_400_000_000_000_000_000L;

  /** The longest wait that ends before the clock does. */
  private static final long LONGEST_WAIT = WallClock.MAX_NANOS - LATEST_START;

  /** A granted hit, and the instant at which it proceeds. */
  private record Grant(long at, long cost) {}

  @Provide
  Arbitrary<List<Rate>> rates() {
    return Arbitraries.oneOf(
            RateArbitraries.any().filter(rate -> rate.fillNanos() < 1_200_000_000_000_000_000L),
            Arbitraries.of(
                Rate.perSecond(100).withCapacity(1),
                Rate.perSecond(20).withCapacity(3),
                Rate.of(1, Duration.ofMillis(300)),
                Rate.perSecond(5)))
        .list()
        .ofMinSize(1)
        .ofMaxSize(3);
  }

  @Provide
  Arbitrary<List<Long>> offsets() {
    return Arbitraries.oneOf(
            Arbitraries.of(0L, 1L, BucketSnapshot.MAX_SKEW_NANOS),
            Arbitraries.longs().between(0, BucketSnapshot.MAX_SKEW_NANOS))
        .list()
        .ofMinSize(2)
        .ofMaxSize(4);
  }

  @Provide
  Arbitrary<List<HistoryStep>> histories() {
    return HistoryStep.debtHistories();
  }

  @Property
  void b3_grantsAreBoundedByTheSpanPlusTheSkew(
      @ForAll("rates") List<Rate> rates,
      @ForAll("offsets") List<Long> offsets,
      @ForAll("histories") List<HistoryStep> history) {
    Hosts hosts = new Hosts(offsets);
    QuotaPolicy policy = QuotaPolicy.of("api", rates);
    List<Grant> grants = new ArrayList<>();
    long[] margins = new long[rates.size()];
    for (HistoryStep step : history) {
      int index = step.which() % rates.size();
      hosts.time.set(step.after(hosts.time.nanos(), rates.get(index), margins[index]));
      int host = (int) (step.number() % offsets.size());
      if (step.operation() == Operation.REFUND) {
        // Refunds are not covered by rule B3. Instead, a host removes values that its clock has
        // expired.
        hosts.removeExpired(host);
        continue;
      }
      BackendCall call = step.call(policy, "client", 0);
      margins = hosts.backends.get(host).decide(call);
      if (step.operation() == Operation.HIT && call.isGranted(margins)) {
        long wait = Math.max(0, -Arrays.stream(margins).min().getAsLong());
        grants.add(new Grant(hosts.time.nanos() + (call.cost() == 0 ? 0 : wait), call.cost()));
      }
    }
    grants.sort(Comparator.comparingLong(Grant::at));
    for (Rate rate : rates) {
      assertBounded(rate, grants, hosts.skew);
    }
  }

  /** Over any span t, at most C + (t + skew) · L/P tokens are granted. */
  private static void assertBounded(Rate rate, List<Grant> grants, long skew) {
    for (int from = 0; from < grants.size(); from++) {
      double cost = 0;
      for (int to = from; to < grants.size(); to++) {
        cost += grants.get(to).cost();
        long span = grants.get(to).at() - grants.get(from).at();
        // Doubles avoid overflow over fifty years; their error is far below one token.
        double bound = rate.capacity() + ((double) span + skew) / rate.nanosPerToken();
        assertThat(cost)
            .as("%s to %s of %s", from, to, grants)
            .isLessThanOrEqualTo(bound * (1 + 1e-12));
      }
    }
  }

  @Property
  void b4_denialsAreExactOnTheDenyingHost(
      @ForAll("rates") List<Rate> rates,
      @ForAll("offsets") List<Long> offsets,
      @ForAll("histories") List<HistoryStep> history,
      @ForAll int hostNumber,
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long patienceNumber) {
    Hosts hosts = new Hosts(offsets);
    QuotaPolicy policy = QuotaPolicy.of("api", rates);
    for (HistoryStep step : history) {
      Rate rate = rates.get(step.which() % rates.size());
      hosts.time.set(Math.min(LATEST_START, step.after(hosts.time.nanos(), rate, 0)));
      int host = (int) (step.number() % offsets.size());
      hosts.backends.get(host).decide(step.call(policy, "client", 0));
    }
    CompareAndSetBackend host = hosts.backends.get(Math.floorMod(hostNumber, offsets.size()));
    long patience = patienceNumber % Margin.MAX_NANOS;
    for (Rate rate : rates) {
      patience = Math.min(patience, rate.fillNanos() / 2);
    }
    BackendCall hit =
        new BackendCall(Operation.HIT, policy, "client", "scope", policy.capacity(), patience);
    long[] margins = host.decide(hit);
    if (hit.isGranted(margins)) {
      return;
    }
    long retryAfter = -Arrays.stream(margins).min().getAsLong() - patience;
    if (retryAfter > LONGEST_WAIT) {
      return;
    }
    hosts.time.advance(retryAfter - 1);
    assertThat(hit.isGranted(host.decide(hit.with(Operation.PEEK, hit.cost(), patience))))
        .isFalse();
    hosts.time.advance(1);
    assertThat(hit.isGranted(host.decide(hit))).isTrue();
  }

  /** Hosts on one store, with the expiry of each value by the clock of its writer. */
  private static final class Hosts {

    final SettableWallClock time = new SettableWallClock();
    final List<CompareAndSetBackend> backends = new ArrayList<>();
    final long skew;
    private final List<Long> offsets;
    private final TestStore store = new TestStore(time);
    private final Map<String, Long> deadlines = new HashMap<>();

    Hosts(List<Long> offsets) {
      time.set(START);
      this.offsets = offsets;
      long latest = 0;
      long earliest = Long.MAX_VALUE;
      for (long offset : offsets) {
        latest = Math.max(latest, offset);
        earliest = Math.min(earliest, offset);
        backends.add(new Host(offset));
      }
      skew = latest - earliest;
    }

    /** Removes expired values by the clock of one host, as a clean-up job of a table does. */
    void removeExpired(int host) {
      long now = time.nanos() + offsets.get(host);
      deadlines.forEach(
          (key, deadline) -> {
            if (deadline <= now) {
              store.removeAll(key);
            }
          });
    }

    private final class Host extends TestStoreBackend {

      private final long offset;

      Host(long offset) {
        super("app", Hosts.this.store, time.ahead(offset));
        this.offset = offset;
      }

      @Override
      protected boolean compareAndSet(String key, byte[] expected, byte[] update, Duration expiry) {
        boolean set = super.compareAndSet(key, expected, update, expiry);
        if (set) {
          deadlines.put(key, time.nanos() + offset + expiry.toNanos());
        }
        return set;
      }
    }
  }
}
