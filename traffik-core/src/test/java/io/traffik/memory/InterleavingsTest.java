package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * The store is linearisable. Lincheck runs short random programs in many interleavings of single
 * memory accesses, and compares their results with a model without tables and locks.
 */
@EnabledForJreRange(
    max = JRE.JAVA_24,
    disabledReason = "Lincheck 3.4 cannot read the class files of Java 25")
class InterleavingsTest {

  private static final Rate SLOW = Rate.of(2, Duration.ofNanos(20));
  private static final QuotaPolicy ONE = Policies.of("api", SLOW);
  private static final Rate FAST = Rate.of(3, Duration.ofNanos(6));
  private static final QuotaPolicy BOTH = Policies.of("api", SLOW, FAST);

  static ModelCheckingOptions options() {
    return new ModelCheckingOptions()
        // A search through a table must not be taken for a hang.
        .hangingDetectionThreshold(1_000)
        .iterations(12)
        .invocationsPerIteration(100)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(2);
  }

  @Test
  void b2_b3_hitsOnKeysOfOneRateAreOneAfterTheOther() {
    options()
        .executionGenerator(ClockAtRest.class)
        .sequentialSpecification(OneRateModel.class)
        .check(OneRateStore.class);
  }

  /** An overtaken hit may count as of its earlier instant, but gains nothing by that. */
  @Test
  void b3_noHitIsGrantedTooMuchWhileTheClockMoves() {
    options().sequentialSpecification(FaithfulModel.class).check(MovingClockStore.class);
  }

  @Test
  void b3_b9_hitsOnKeysOfTwoRatesAreOneAfterTheOther() {
    options().sequentialSpecification(TwoRatesModel.class).check(TwoRatesStore.class);
  }

  /** Lincheck detects a store that writes a state without checking that it is unchanged. */
  @Test
  void b3_aStoreThatIsNotAtomicIsCaught() {
    assertThatThrownBy(
            () ->
                options()
                    .minimizeFailedScenario(false)
                    .executionGenerator(ClockAtRest.class)
                    .sequentialSpecification(OneRateModel.class)
                    .check(NonAtomicStore.class))
        .isInstanceOf(LincheckAssertionError.class)
        .hasMessageContaining("hit(");
  }

  /** The model is the store itself in one thread: at the bound, several answers are right. */
  @Test
  void m3_evictionsHappenBetweenHits() {
    options().check(BoundedStore.class);
  }

  /** Keys of one rate in tables that start empty, grow, are swept and dropped. */
  @Param(name = "key", gen = IntGen.class, conf = "1:3")
  public static class OneRateStore {

    private final AtomicLong clock = new AtomicLong();
    private final StripedStore stripes = new StripedStore(100, clock::get);

    @org.jetbrains.lincheck.datastructures.Operation
    public long hit(@Param(name = "key") int key) {
      return FingerprintCalls.decide(
          stripes, key, FingerprintCalls.spread(key), Operation.HIT, ONE, 1, null);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long refund(@Param(name = "key") int key) {
      return FingerprintCalls.decide(
          stripes, key, FingerprintCalls.spread(key), Operation.REFUND, ONE, 1, null);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void grow(@Param(name = "key") int key) {
      for (int i = 0; i < 7; i++) {
        FingerprintCalls.decide(
            stripes,
            10 * key + i,
            FingerprintCalls.spread(10 * key + i),
            Operation.HIT,
            ONE,
            1,
            null);
      }
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

  /** A table whose states are replaced without a compare-and-set. */
  @Param(name = "key", gen = IntGen.class, conf = "1:3")
  public static class NonAtomicStore {

    private final AtomicLong clock = new AtomicLong();
    private final BucketTable table = BucketTable.withRoomFor(3, 1);

    public NonAtomicStore() {
      for (int key = 1; key <= 3; key++) {
        int slot = table.freeSlotFor(FingerprintCalls.spread(key));
        table.setKey(slot, key, FingerprintCalls.spread(key));
        table.setState(slot, Slots.tag(key, FingerprintCalls.spread(key)), 0);
      }
    }

    private long decide(int key, Operation operation) {
      int slot = table.find(key, FingerprintCalls.spread(key));
      long tag = Slots.tag(key, FingerprintCalls.spread(key));
      long now = clock.get();
      long carried = TokenBucket.carried(table.state(slot, tag), SLOW.nanosPerToken(), now, SLOW);
      long next = TokenBucket.after(operation, carried, now, SLOW, 1, 0);
      long margin = TokenBucket.margin(next, now, SLOW, 0);
      if (margin >= 0) {
        table.setState(slot, tag, next);
      }
      return margin;
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long hit(@Param(name = "key") int key) {
      return decide(key, Operation.HIT);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long refund(@Param(name = "key") int key) {
      return decide(key, Operation.REFUND);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void tick() {
      clock.addAndGet(10);
    }
  }

  /** The model of {@link OneRateStore}. */
  public static class OneRateModel {

    private final ReferenceBuckets model = new ReferenceBuckets(SLOW);

    public long hit(int key) {
      return model.decide(key, Operation.HIT)[0];
    }

    public long refund(int key) {
      return model.decide(key, Operation.REFUND)[0];
    }

    public void grow(int key) {}

    public void tick() {
      model.now += 10;
    }

    public void cleanUp() {}
  }

  /** Keys of one rate, with the number of grants of each. */
  @Param(name = "key", gen = IntGen.class, conf = "1:2")
  public static class MovingClockStore {

    private final AtomicLong clock = new AtomicLong();
    private final StripedStore stripes = new StripedStore(100, clock::get);
    private final AtomicLongArray granted = new AtomicLongArray(3);

    @org.jetbrains.lincheck.datastructures.Operation
    public void hit(@Param(name = "key") int key) {
      if (FingerprintCalls.decide(
              stripes, key, FingerprintCalls.spread(key), Operation.HIT, ONE, 1, null)
          >= 0) {
        granted.incrementAndGet(key);
      }
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void tick() {
      clock.addAndGet(10);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void cleanUp() {
      stripes.cleanUp();
    }

    /** Reads the grants before the clock, so that the refill covers all of them. */
    @org.jetbrains.lincheck.datastructures.Operation
    public boolean isFaithful(@Param(name = "key") int key) {
      long grants = granted.get(key);
      return grants <= SLOW.capacity() + clock.get() / SLOW.nanosPerToken();
    }
  }

  /** The model of {@link MovingClockStore}. */
  public static class FaithfulModel {

    public void hit(int key) {}

    public void tick() {}

    public void cleanUp() {}

    public boolean isFaithful(int key) {
      return true;
    }
  }

  /** Keys of two rates. */
  @Param(name = "key", gen = IntGen.class, conf = "1:2")
  public static class TwoRatesStore {

    private final AtomicLong clock = new AtomicLong();
    private final StripedStore stripes = new StripedStore(100, clock::get);

    private String decide(int key, Operation operation) {
      long[] margins = new long[2];
      FingerprintCalls.decide(
          stripes, key, FingerprintCalls.spread(key), operation, BOTH, 1, margins);
      return margins[0] + " " + margins[1];
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public String hit(@Param(name = "key") int key) {
      return decide(key, Operation.HIT);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public String peek(@Param(name = "key") int key) {
      return decide(key, Operation.PEEK);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public String refund(@Param(name = "key") int key) {
      return decide(key, Operation.REFUND);
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

  /** The model of {@link TwoRatesStore}. */
  public static class TwoRatesModel {

    private final ReferenceBuckets model = new ReferenceBuckets(SLOW, FAST);

    private String decide(int key, Operation operation) {
      long[] margins = model.decide(key, operation);
      return margins[0] + " " + margins[1];
    }

    public String hit(int key) {
      return decide(key, Operation.HIT);
    }

    public String peek(int key) {
      return decide(key, Operation.PEEK);
    }

    public String refund(int key) {
      return decide(key, Operation.REFUND);
    }

    public void tick() {
      model.now += 10;
    }

    public void cleanUp() {}
  }

  /** Three keys in a store with room for two. */
  @Param(name = "key", gen = IntGen.class, conf = "1:3")
  public static class BoundedStore {

    private final StripedStore stripes = new StripedStore(2, () -> 0);

    @org.jetbrains.lincheck.datastructures.Operation
    public long hit(@Param(name = "key") int key) {
      return FingerprintCalls.decide(
          stripes, key, FingerprintCalls.spread(key), Operation.HIT, ONE, 1, null);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long size() {
      return stripes.size();
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public void clear() {
      stripes.clear();
    }
  }
}
