package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.ExactBucket;
import io.traffik.bucket.HistoryStep;
import io.traffik.bucket.Rates;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Random histories on several keys, compared with exact models of each bucket. */
class CompareAndSetHistoriesTest {

  private static final int KEYS = 3;

  @Provide
  Arbitrary<List<Rate>> rates() {
    return Rates.any().list().ofMinSize(1).ofMaxSize(4);
  }

  @Provide
  Arbitrary<List<HistoryStep>> histories() {
    return HistoryStep.histories();
  }

  @Provide
  Arbitrary<Long> starts() {
    return Arbitraries.oneOf(
        Arbitraries.just(0L),
        Arbitraries.just(1_767_225_600_000_000_000L),
        Arbitraries.longs().between(0, 1L << 61));
  }

  @Property
  void b2_b4_b9_b10_b12_decidesLikeTheExactModels(
      @ForAll("rates") List<Rate> rates,
      @ForAll("histories") List<HistoryStep> history,
      @ForAll("starts") long start) {
    QuotaPolicy policy = QuotaPolicy.of("api", rates);
    SettableWallClock time = new SettableWallClock();
    time.set(start);
    TestStoreBackend backend = new TestStoreBackend("app", new TestStore(time), time);
    Map<String, List<ExactBucket>> models = new HashMap<>();
    long now = start;
    long[] margins = new long[rates.size()];
    for (HistoryStep step : history) {
      int index = step.which() % rates.size();
      now = step.after(now, rates.get(index), margins[index]);
      time.set(now);
      String identity = "client " + step.which() % KEYS;
      List<ExactBucket> model = models.computeIfAbsent(identity, key -> full(rates, start));
      for (ExactBucket bucket : model) {
        bucket.advanceTo(now);
      }
      long cost = step.tokens(rates.get(index));
      if (step.operation() != Operation.REFUND) {
        cost = Math.min(cost, policy.capacity());
      }
      long written = backend.store.writes.get();
      margins = decide(backend, step, policy, identity, cost);
      assertThat(margins)
          .as("%s of %s at %s", cost, model, now)
          .isEqualTo(expected(step, model, cost));
      if (step.operation() == Operation.PEEK || Arrays.stream(margins).anyMatch(m -> m < 0)) {
        assertThat(backend.store.writes.get()).as("writes").isEqualTo(written);
      }
    }
  }

  private static List<ExactBucket> full(List<Rate> rates, long start) {
    List<ExactBucket> buckets = new ArrayList<>();
    for (Rate rate : rates) {
      buckets.add(ExactBucket.atAppliedRate(rate, start));
    }
    return buckets;
  }

  /** Decides through one of the entry points, which must all give the same margins. */
  private static long[] decide(
      Backend backend, HistoryStep step, QuotaPolicy policy, String identity, long cost) {
    if (step.number() % 3 == 0) {
      CompletableFuture<long[]> margins =
          backend
              .decideAsync(new BackendCall(step.operation(), policy, identity, "scope", cost))
              .toCompletableFuture();
      assertThat(margins).isCompleted();
      return margins.join();
    }
    return policy.size() == 1 && step.number() % 3 == 1
        ? new long[] {backend.decideSingle(step.operation(), policy, identity, "scope", cost, 0)}
        : backend.decide(new BackendCall(step.operation(), policy, identity, "scope", cost));
  }

  /** Rule B9: all rates are charged, or none; the margin of each rate does not depend on others. */
  private static long[] expected(HistoryStep step, List<ExactBucket> model, long cost) {
    if (step.operation() == Operation.REFUND) {
      model.forEach(bucket -> bucket.refund(cost));
      return model.stream().mapToLong(bucket -> bucket.margin(0)).toArray();
    }
    long[] margins = model.stream().mapToLong(bucket -> bucket.margin(cost)).toArray();
    if (step.operation() == Operation.HIT && model.stream().allMatch(b -> b.allows(cost))) {
      model.forEach(bucket -> bucket.take(cost));
    }
    return margins;
  }

  @Provide
  Arbitrary<List<List<Rate>>> changingRates() {
    return rates().list().ofMinSize(2).ofMaxSize(3);
  }

  /** Different releases of an application use other rates, sizes and numbers of rates. */
  @Property
  void b11_rateChangesAreDecidedAsInMemory(
      @ForAll("changingRates") List<List<Rate>> releases,
      @ForAll("histories") List<HistoryStep> history) {
    SettableWallClock time = new SettableWallClock();
    Backend backend = new TestStoreBackend("app", new TestStore(time), time);
    Backend memory = InMemoryBackend.builder("app").clock(time::nanos).build();
    long now = 0;
    long margin = 0;
    for (HistoryStep step : history) {
      List<Rate> rates = releases.get(step.which() % releases.size());
      QuotaPolicy policy = QuotaPolicy.of("api", rates);
      now = step.after(now, rates.get(0), margin);
      time.set(now);
      long cost = Math.min(step.tokens(rates.get(0)), policy.capacity());
      long[] margins = decide(backend, step, policy, "client", cost);
      assertThat(margins)
          .as("%s of %s at %s", cost, policy, now)
          .isEqualTo(
              memory.decide(new BackendCall(step.operation(), policy, "client", "scope", cost)));
      margin = margins[0];
    }
  }
}
