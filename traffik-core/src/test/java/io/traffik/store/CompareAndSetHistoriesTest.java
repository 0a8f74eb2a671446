package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.bucket.ExactBuckets;
import io.traffik.bucket.Grants;
import io.traffik.bucket.HistoryStep;
import io.traffik.bucket.Versions;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Random histories on several keys, compared with exact models of their buckets. */
class CompareAndSetHistoriesTest {

  private static final int KEYS = 3;

  /** Versions of a policy, with changed, added and removed rates. */
  @Provide
  Arbitrary<List<QuotaPolicy>> versions() {
    return Versions.any();
  }

  @Provide
  Arbitrary<List<HistoryStep>> histories() {
    return Arbitraries.oneOf(HistoryStep.histories(), HistoryStep.debtHistories());
  }

  @Provide
  Arbitrary<Long> starts() {
    return Arbitraries.oneOf(
        Arbitraries.just(0L),
        Arbitraries.just(1_767_225_600_000_000_000L),
        Arbitraries.longs().between(0, 1L << 61));
  }

  @Property
  void b2_to_b14_decidesLikeTheExactModels(
      @ForAll("versions") List<QuotaPolicy> versions,
      @ForAll("histories") List<HistoryStep> history,
      @ForAll("starts") long start) {
    Comparison comparison = new Comparison(start);
    long margin = 0;
    for (HistoryStep step : history) {
      BackendCall call = comparison.call(versions, step, margin);
      ExactBuckets model = comparison.model(call);
      long written = comparison.backend.store.writes.get();
      long[] answer = comparison.decide(step, call);
      assertThat(answer)
          .as("%s of %s at %s", call, model, comparison.time.nanos())
          .isEqualTo(model.decide(call, comparison.time.nanos()));
      if (call.operation() == Operation.HIT) {
        assertThat(call.isGranted(answer)).as("%s", call).isEqualTo(model.granted());
      }
      boolean isDenied = !model.granted() && versions.size() == 1;
      if (call.operation() == Operation.PEEK || call.cost() == 0 || isDenied) {
        assertThat(comparison.backend.store.writes.get()).as("writes").isEqualTo(written);
      }
      margin = answer[0];
    }
  }

  /** Rule B15: a batch is decided as its calls would be one after another, with one exchange. */
  @Property
  void b15_aBatchIsDecidedLikeItsCallsOneAfterAnother(
      @ForAll("versions") List<QuotaPolicy> versions,
      @ForAll("histories") List<HistoryStep> history,
      @ForAll("starts") long start) {
    Comparison comparison = new Comparison(start);
    List<BackendCall> batch = new ArrayList<>();
    List<long[]> expected = new ArrayList<>();
    long margin = 0;
    for (HistoryStep step : history) {
      if (step.which() % 8 == 0) {
        comparison.assertBatch(batch, expected, step.number() % 2 == 0);
      }
      long now = comparison.time.nanos();
      BackendCall call = comparison.call(versions, step, margin);
      if (comparison.time.nanos() != now) {
        long later = comparison.time.nanos();
        comparison.time.set(now);
        comparison.assertBatch(batch, expected, step.number() % 2 == 0);
        comparison.time.set(later);
      }
      batch.add(call);
      expected.add(comparison.model(call).decide(call, comparison.time.nanos()));
      margin = expected.get(expected.size() - 1)[0];
    }
    comparison.assertBatch(batch, expected, true);
  }

  @Provide
  Arbitrary<List<QuotaPolicy>> similarVersions() {
    return Versions.similar();
  }

  @Provide
  Arbitrary<List<HistoryStep>> plainHistories() {
    return HistoryStep.histories();
  }

  @Property(tries = 10_000)
  void b11_versionsTogetherGrantAtMostTheLargestCapacityPlusTheFastestRefill(
      @ForAll("similarVersions") List<QuotaPolicy> versions,
      @ForAll("plainHistories") List<HistoryStep> history) {
    Comparison comparison = new Comparison(0);
    Grants grants = Grants.of(versions);
    long margin = 0;
    for (HistoryStep step : history) {
      QuotaPolicy policy = comparison.call(versions, step, margin).policy();
      long cost = Math.min(step.tokens(policy.rate(0)), policy.capacity());
      BackendCall hit = new BackendCall(Operation.HIT, policy, "client", "", cost);
      long[] margins = comparison.backend.decide(hit);
      margin = margins[0];
      if (hit.isGranted(margins)) {
        grants.add(comparison.time.nanos(), cost);
      }
    }
  }

  /** A backend and the models of its keys, under one clock. */
  private static final class Comparison {

    private final SettableWallClock time = new SettableWallClock();
    private final TestStoreBackend backend = new TestStoreBackend("app", new TestStore(time), time);
    private final Map<String, ExactBuckets> models = new HashMap<>();

    Comparison(long start) {
      time.set(start);
    }

    void assertBatch(List<BackendCall> batch, List<long[]> expected, boolean async) {
      long reads = backend.store.reads.get();
      long written = backend.store.writes.get();
      List<long[]> answers =
          async ? completed(backend.decideAllAsync(batch)) : backend.decideAll(batch);
      assertThat(answers).as("%s", batch).containsExactly(expected.toArray(long[][]::new));
      long keys = batch.stream().map(BackendCall::identity).distinct().count();
      assertThat(backend.store.reads.get() - reads).isEqualTo(keys);
      assertThat(backend.store.writes.get() - written).isLessThanOrEqualTo(keys);
      batch.clear();
      expected.clear();
    }

    /** The next call, after the pause of its step. */
    BackendCall call(List<QuotaPolicy> versions, HistoryStep step, long lastMargin) {
      QuotaPolicy policy = Versions.of(versions, step);
      int index = step.which() % policy.size();
      long now = step.after(time.nanos(), policy.rate(index), lastMargin);
      time.set(now);
      String identity = "client " + step.which() % KEYS;
      ExactBuckets model = models.computeIfAbsent(identity, absent -> new ExactBuckets());
      return step.call(policy, identity, model.promised(step.which(), now));
    }

    ExactBuckets model(BackendCall call) {
      return models.computeIfAbsent(call.identity(), absent -> new ExactBuckets());
    }

    /** Decides through one of the entry points, which must all give the same answer. */
    long[] decide(HistoryStep step, BackendCall call) {
      if (step.number() % 3 == 0) {
        return completed(backend.decideAsync(call));
      }
      return step.number() % 3 == 1 && call.operation() != Operation.SETTLE
          ? decideInto(backend, call)
          : backend.decide(call);
    }
  }

  private static long[] decideInto(Backend backend, BackendCall call) {
    long[] margins = new long[call.policy().size()];
    backend.decideInto(
        call.operation(),
        call.policy(),
        call.identity(),
        call.scope(),
        call.cost(),
        call.argument(),
        margins);
    return margins;
  }

  private static <T> T completed(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    assertThat(future).isCompleted();
    return future.join();
  }
}
