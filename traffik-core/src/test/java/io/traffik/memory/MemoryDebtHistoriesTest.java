package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Rate;
import io.traffik.bucket.ExactBuckets;
import io.traffik.bucket.HistoryStep;
import io.traffik.bucket.RateArbitraries;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Random histories of hits, reservations, cancellations and settlements by several versions of a
 * policy, compared with an exact model of each key.
 */
class MemoryDebtHistoriesTest {

  private static final int KEYS = 3;

  @Provide
  Arbitrary<List<List<Rate>>> versions() {
    return RateArbitraries.any().list().ofMinSize(1).ofMaxSize(3).list().ofMinSize(1).ofMaxSize(3);
  }

  @Provide
  Arbitrary<List<HistoryStep>> histories() {
    return HistoryStep.debtHistories();
  }

  @Property
  void b2_b4_b9_b11_b13_b14_decidesAsTheExactModelsDo(
      @ForAll("versions") List<List<Rate>> versions,
      @ForAll("histories") List<HistoryStep> history) {
    List<QuotaPolicy> policies = new ArrayList<>();
    versions.forEach(rates -> policies.add(QuotaPolicy.of("api", rates)));
    SettableClock clock = new SettableClock();
    InMemoryBackend backend = InMemoryBackend.builder("test").clock(clock).build();
    List<ExactBuckets> models = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      models.add(new ExactBuckets());
    }
    long now = 0;
    long lastMargin = 0;
    for (HistoryStep step : history) {
      QuotaPolicy policy = policies.get(step.which() % policies.size());
      Rate rate = policy.rate(step.which() % policy.size());
      now = step.after(now, rate, lastMargin);
      clock.set(now);
      if (step.nudge() < 0) {
        backend.cleanUp();
      }
      int key = step.which() / 3 % KEYS;
      ExactBuckets model = models.get(key);
      long promised = model.promised(step.which(), now);
      BackendCall call = step.call(policy, "client " + key, promised);
      String before = model.toString();
      long[] answer = backend.decide(call);
      assertThat(answer).as("%s of %s at %s", call, before, now).isEqualTo(model.decide(call, now));
      lastMargin = answer[step.which() % policy.size()];
    }
    assertThat(backend.evictions()).isZero();
  }
}
