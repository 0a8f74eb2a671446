package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.ExactBucket;
import io.traffik.bucket.HistoryStep;
import io.traffik.bucket.RateArbitraries;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Random histories on several keys, compared with an exact model of each bucket. */
class BackendHistoriesTest {

  private static final int KEYS = 3;

  @Provide
  Arbitrary<List<Rate>> rates() {
    return RateArbitraries.any().list().ofMinSize(1).ofMaxSize(4);
  }

  @Provide
  Arbitrary<List<HistoryStep>> histories() {
    return HistoryStep.histories();
  }

  @Property
  void b2_b4_b9_b10_b12_decidesAsTheExactModelsDo(
      @ForAll("rates") List<Rate> rates, @ForAll("histories") List<HistoryStep> history)
      throws ExecutionException, InterruptedException {
    QuotaPolicy policy = QuotaPolicy.of("api", rates);
    SettableClock clock = new SettableClock();
    InMemoryBackend backend = InMemoryBackend.builder("test").clock(clock).build();
    Map<String, List<ExactBucket>> models = new HashMap<>();
    long now = 0;
    long[] margins = new long[rates.size()];
    for (HistoryStep step : history) {
      int index = step.which() % rates.size();
      now = step.after(now, rates.get(index), margins[index]);
      clock.set(now);
      if (step.nudge() < 0) {
        backend.cleanUp();
      }
      String identity = "client " + step.which() % KEYS;
      List<ExactBucket> model = models.computeIfAbsent(identity, key -> full(rates));
      for (ExactBucket bucket : model) {
        bucket.advanceTo(now);
      }
      long cost = step.tokens(rates.get(index));
      if (step.operation() != Operation.REFUND) {
        cost = Math.min(cost, policy.capacity());
      }
      margins = decide(backend, step, policy, identity, cost);
      assertThat(margins)
          .as("%s of %s at %s", cost, model, now)
          .isEqualTo(expected(step, model, cost));
    }
    assertThat(backend.evictions()).isZero();
  }

  private static List<ExactBucket> full(List<Rate> rates) {
    List<ExactBucket> buckets = new ArrayList<>();
    for (Rate rate : rates) {
      buckets.add(ExactBucket.atAppliedRate(rate, 0));
    }
    return buckets;
  }

  /** Decides through each of the entry points, which must agree. */
  private static long[] decide(
      InMemoryBackend backend, HistoryStep step, QuotaPolicy policy, String identity, long cost)
      throws ExecutionException, InterruptedException {
    if (step.number() % 3 == 0) {
      CompletionStage<long[]> answer =
          backend.decideAsync(new BackendCall(step.operation(), policy, identity, "scope", cost));
      assertThat(answer.toCompletableFuture()).isCompleted();
      return answer.toCompletableFuture().get();
    }
    return policy.size() == 1 && step.number() % 3 == 1
        ? new long[] {backend.decideSingle(step.operation(), policy, identity, "scope", cost, 0)}
        : backend.decide(new BackendCall(step.operation(), policy, identity, "scope", cost));
  }

  /** Rule B9: all or nothing; each rate reports the margin that it would report alone. */
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
}
