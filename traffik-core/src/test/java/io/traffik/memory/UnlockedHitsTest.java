package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thread that is delayed while it adds a key does not delay hits on existing keys. */
class UnlockedHitsTest {

  private static final Set<Thread.State> DONE_OR_WAITING =
      EnumSet.of(
          Thread.State.TERMINATED,
          Thread.State.BLOCKED,
          Thread.State.WAITING,
          Thread.State.TIMED_WAITING);

  private static final Rate RATE = Rate.of(5, Policies.YEAR);

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void m4_aHitOnAnExistingBucketWaitsForNoOtherKey(int rates) throws Exception {
    QuotaPolicy policy =
        rates == 1 ? Policies.of("api", RATE) : Policies.of("api", RATE, Rate.perDay(9));
    BlockingClock clock = new BlockingClock();
    // With this bound, all keys share one stripe.
    StripedStore stripes = new StripedStore(100, clock);
    hit(stripes, policy, 1);

    AtomicLong margin = new AtomicLong(-1);
    Thread known = new Thread(() -> margin.set(hit(stripes, policy, 1)));
    // It reads the clock only where it adds the key: after a miss, there is no early reading.
    clock.blockUntilDoneOrWaiting(known);
    hit(stripes, policy, 2);

    assertThat(clock.stateFound).isEqualTo(Thread.State.TERMINATED);
    known.join();
    assertThat(margin.get()).isEqualTo(3 * RATE.nanosPerToken());
  }

  private static long hit(StripedStore stripes, QuotaPolicy policy, int key) {
    long[] margins = policy.size() == 1 ? null : new long[policy.size()];
    return FingerprintCalls.decide(stripes, key, key, Operation.HIT, policy, 1, margins);
  }

  /** Stands still, and delays one reader once until another thread is done or waits. */
  private static final class BlockingClock implements LongSupplier {

    private volatile Thread other;
    private volatile Thread.State stateFound;

    void blockUntilDoneOrWaiting(Thread thread) {
      other = thread;
    }

    @Override
    public long getAsLong() {
      Thread awaited = other;
      if (awaited != null) {
        other = null;
        awaited.start();
        await().pollInSameThread().until(awaited::getState, DONE_OR_WAITING::contains);
        stateFound = awaited.getState();
      }
      return 0;
    }
  }
}
