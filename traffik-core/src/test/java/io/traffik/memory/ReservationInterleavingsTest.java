package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** The store is linearisable for reservations, their cancellations, and hits. */
@EnabledForJreRange(
    max = JRE.JAVA_24,
    disabledReason = "Lincheck 3.4 cannot read the class files of Java 25")
class ReservationInterleavingsTest {

  private static final Rate SLOW = Rate.of(2, Duration.ofNanos(20));
  private static final QuotaPolicy OLD = Policies.of("api", SLOW);
  private static final QuotaPolicy NEW = Policies.of("api", Rate.of(3, Duration.ofNanos(12)));

  /** Long enough for two reservations. */
  private static final long PATIENCE = 20;

  @Test
  void b13_reservationsHitsAndCancellationsAreOneAfterTheOther() {
    InterleavingsTest.options()
        .iterations(6)
        .executionGenerator(ClockAtRest.class)
        .sequentialSpecification(ReservationModel.class)
        .check(ReservationStore.class);
  }

  /** The model is the store itself in one thread: at the bound, several answers are right. */
  @Test
  void b13_m3_reservationsAreEvictedBetweenHits() {
    InterleavingsTest.options().iterations(6).check(BoundedReservationStore.class);
  }

  /** Keys with reservations, in tables that start empty, grow and are swept. */
  @Param(name = "key", gen = IntGen.class, conf = "1:2")
  @Param(name = "tokens", gen = IntGen.class, conf = "1:3")
  public static class ReservationStore {

    private final AtomicLong clock = new AtomicLong();
    private final StripedStore stripes = new StripedStore(100, clock::get);

    private long decide(int key, Operation operation, long argument) {
      long low = FingerprintCalls.spread(key);
      return FingerprintCalls.decide(stripes, key, low, operation, OLD, 1, argument, null);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long reserve(@Param(name = "key") int key) {
      return decide(key, Operation.HIT, PATIENCE);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long hit(@Param(name = "key") int key) {
      return decide(key, Operation.HIT, 0);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long cancel(@Param(name = "key") int key, @Param(name = "tokens") int tokens) {
      return decide(key, Operation.REFUND, 10L * tokens);
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

  /** The model of {@link ReservationStore}. */
  public static class ReservationModel {

    private final ReferenceBuckets model = new ReferenceBuckets(SLOW);

    public long reserve(int key) {
      return model.decide(key, Operation.HIT, PATIENCE, SLOW)[0];
    }

    public long hit(int key) {
      return model.decide(key, Operation.HIT)[0];
    }

    public long cancel(int key, int tokens) {
      return model.decide(key, Operation.REFUND, 10L * tokens, SLOW)[0];
    }

    public void tick() {
      model.now += 10;
    }

    public void cleanUp() {}
  }

  /** Three keys in a store with room for two. */
  @Param(name = "key", gen = IntGen.class, conf = "1:3")
  public static class BoundedReservationStore {

    private final StripedStore stripes = new StripedStore(2, () -> 0);

    private long decide(int key, Operation operation, long argument) {
      long low = FingerprintCalls.spread(key);
      return FingerprintCalls.decide(stripes, key, low, operation, OLD, 1, argument, null);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long reserve(@Param(name = "key") int key) {
      return decide(key, Operation.HIT, PATIENCE);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long cancel(@Param(name = "key") int key) {
      return decide(key, Operation.REFUND, 10);
    }

    @org.jetbrains.lincheck.datastructures.Operation
    public long hitOfNew(@Param(name = "key") int key) {
      long low = FingerprintCalls.spread(key);
      return FingerprintCalls.decide(stripes, key, low, Operation.HIT, NEW, 1, null);
    }

    /** Not the size itself: a full bucket may or may not have been removed yet (rule B10). */
    @org.jetbrains.lincheck.datastructures.Operation
    public boolean isWithinTheBound() {
      return stripes.size() <= 2;
    }
  }
}
