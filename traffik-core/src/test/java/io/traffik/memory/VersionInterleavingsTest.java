package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * The store is linearisable for several live versions of a rate, as {@link InterleavingsTest} shows
 * it for one.
 */
@EnabledForJreRange(
    max = JRE.JAVA_24,
    disabledReason = "Lincheck 3.4 cannot read the class files of Java 25")
class VersionInterleavingsTest {

  private static final Rate SLOW = Rate.of(2, Duration.ofNanos(20));
  private static final Rate FAST = Rate.of(3, Duration.ofNanos(12));
  private static final QuotaPolicy OLD = Policies.of("api", SLOW);
  private static final QuotaPolicy NEW = Policies.of("api", FAST);
  private static final QuotaPolicy WIDE = Policies.of("api", FAST, SLOW);

  @Test
  void b11_hitsOfTwoLiveVersionsAreOneAfterTheOther() {
    InterleavingsTest.options()
        .iterations(6)
        .executionGenerator(ClockAtRest.class)
        .sequentialSpecification(VersionsModel.class)
        .check(VersionsStore.class);
  }

  @Test
  void b9_b11_hitsOfVersionsWithOneAndWithTwoRatesAreOneAfterTheOther() {
    InterleavingsTest.options()
        .iterations(6)
        .executionGenerator(ClockAtRest.class)
        .sequentialSpecification(WidthsModel.class)
        .check(WidthsStore.class);
  }

  /** Lincheck detects a store that replaces the instant and the speed one after the other. */
  @Test
  void b11_aStoreWithTwoIndependentWordsIsCaught() {
    assertThatThrownBy(
            () ->
                InterleavingsTest.options()
                    .minimizeFailedScenario(false)
                    .iterations(40)
                    .executionGenerator(ClockAtRest.class)
                    .sequentialSpecification(VersionsModel.class)
                    .check(TwoWordsStore.class))
        .isInstanceOf(LincheckAssertionError.class)
        .hasMessageContaining("hitOfNew(");
  }

  /** Keys that two versions of a rate hit. */
  @Param(name = "key", gen = IntGen.class, conf = "1:2")
  public static class VersionsStore {

    private final AtomicLong clock = new AtomicLong();
    private final StripedStore stripes = new StripedStore(100, clock::get);

    private long decide(int key, Operation operation, QuotaPolicy policy) {
      long low = FingerprintCalls.spread(key);
      return FingerprintCalls.decide(stripes, key, low, operation, policy, 1, null);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long hitOfOld(@Param(name = "key") int key) {
      return decide(key, Operation.HIT, OLD);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long hitOfNew(@Param(name = "key") int key) {
      return decide(key, Operation.HIT, NEW);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long peekOfNew(@Param(name = "key") int key) {
      return decide(key, Operation.PEEK, NEW);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long refundOfOld(@Param(name = "key") int key) {
      return decide(key, Operation.REFUND, OLD);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void tick() {
      clock.addAndGet(10);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void cleanUp() {
      stripes.cleanUp();
    }
  }

  /** A bucket whose instant is compared and set, and whose speed is written after it. */
  @Param(name = "key", gen = IntGen.class, conf = "1:2")
  public static class TwoWordsStore {

    private final AtomicLong clock = new AtomicLong();
    private final AtomicLongArray fullAt = new AtomicLongArray(3);
    private final AtomicLongArray intervals = new AtomicLongArray(new long[] {1, 1, 1});

    private long decide(int key, Operation operation, Rate rate) {
      for (; ; ) {
        long state = fullAt.get(key);
        long now = clock.get();
        long carried = TokenBucket.carried(state, intervals.get(key), now, rate);
        boolean granted = TokenBucket.grants(operation, carried, now, rate, 1, 0);
        long next = granted ? TokenBucket.after(operation, carried, now, rate, 1, 0) : carried;
        long margin =
            operation == Operation.REFUND
                ? TokenBucket.margin(next, now, rate, 0)
                : TokenBucket.margin(carried, now, rate, 1);
        if (operation == Operation.PEEK) {
          return margin;
        }
        if (fullAt.compareAndSet(key, state, next)) {
          intervals.set(key, rate.nanosPerToken());
          return margin;
        }
      }
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long hitOfOld(@Param(name = "key") int key) {
      return decide(key, Operation.HIT, SLOW);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long hitOfNew(@Param(name = "key") int key) {
      return decide(key, Operation.HIT, FAST);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long peekOfNew(@Param(name = "key") int key) {
      return decide(key, Operation.PEEK, FAST);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long refundOfOld(@Param(name = "key") int key) {
      return decide(key, Operation.REFUND, SLOW);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void tick() {
      clock.addAndGet(10);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void cleanUp() {}
  }

  /** The model of {@link VersionsStore}. */
  public static class VersionsModel {

    private final ReferenceBuckets model = new ReferenceBuckets();

    public long hitOfOld(int key) {
      return model.decide(key, Operation.HIT, 0, SLOW)[0];
    }

    public long hitOfNew(int key) {
      return model.decide(key, Operation.HIT, 0, FAST)[0];
    }

    public long peekOfNew(int key) {
      return model.decide(key, Operation.PEEK, 0, FAST)[0];
    }

    public long refundOfOld(int key) {
      return model.decide(key, Operation.REFUND, 0, SLOW)[0];
    }

    public void tick() {
      model.now += 10;
    }

    public void cleanUp() {}
  }

  /** One key that versions with one and with two rates hit. */
  @Param(name = "key", gen = IntGen.class, conf = "1:1")
  public static class WidthsStore {

    private final AtomicLong clock = new AtomicLong();
    private final StripedStore stripes = new StripedStore(100, clock::get);

    private String decide(int key, Operation operation, QuotaPolicy policy) {
      long[] margins = new long[policy.size()];
      long low = FingerprintCalls.spread(key);
      margins[0] = FingerprintCalls.decide(stripes, key, low, operation, policy, 1, margins);
      return Arrays.toString(margins);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public String hitOfOne(@Param(name = "key") int key) {
      return decide(key, Operation.HIT, OLD);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public String hitOfTwo(@Param(name = "key") int key) {
      return decide(key, Operation.HIT, WIDE);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public String refundOfTwo(@Param(name = "key") int key) {
      return decide(key, Operation.REFUND, WIDE);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void tick() {
      clock.addAndGet(10);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void cleanUp() {
      stripes.cleanUp();
    }
  }

  /** The model of {@link WidthsStore}. */
  public static class WidthsModel {

    private final ReferenceBuckets model = new ReferenceBuckets();

    private String decide(int key, Operation operation, Rate... rates) {
      return Arrays.toString(model.decide(key, operation, 0, rates));
    }

    public String hitOfOne(int key) {
      return decide(key, Operation.HIT, SLOW);
    }

    public String hitOfTwo(int key) {
      return decide(key, Operation.HIT, FAST, SLOW);
    }

    public String refundOfTwo(int key) {
      return decide(key, Operation.REFUND, FAST, SLOW);
    }

    public void tick() {
      model.now += 10;
    }

    public void cleanUp() {}
  }
}
