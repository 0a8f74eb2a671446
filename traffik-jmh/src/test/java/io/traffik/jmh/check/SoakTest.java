package io.traffik.jmh.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Rate;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The soak finds no fault in the store, and finds the faults of incorrect stores. */
class SoakTest {

  private static final Rate RATE = Rate.perSecond(10);
  private static final long SECOND = 1_000_000_000;

  @Test
  void b3_theStoreGrantsWhatTheAccountAllows() throws Exception {
    InMemoryBackend store = InMemoryBackend.builder("soak").maxKeys(20_000).build();
    Soak soak = new Soak(store);
    assertThat(soak.run(2)).isEmpty();
    assertThat(store.evictions()).isPositive();
    // At least the capacities of all audited clients.
    assertThat(soak.granted()).isGreaterThan(300 * 20);
  }

  @Test
  void b3_aStoreThatGrantsOneTokenTooManyIsFound() throws Exception {
    AtomicLong denials = new AtomicLong();
    Backend generous =
        new TamperedBackend() {
          @Override
          public long[] decide(BackendCall call) {
            long[] margins = delegate().decide(call);
            if (call.identity().equals("client-0")
                && margins[0] < 0
                && denials.incrementAndGet() == 50) {
              margins[0] = 0;
            }
            return margins;
          }
        };
    assertThat(new Soak(generous).run(5))
        .anySatisfy(
            fault ->
                assertThat(fault)
                    .startsWith("client-0 of hundred[100/s]: granted ")
                    .contains("too much"));
  }

  /** The other threads would wait at the barrier for a thread that ended. */
  @Test
  @Timeout(30)
  void anErrorIsAFaultAndNoHang() throws Exception {
    AtomicLong hits = new AtomicLong();
    Backend failing =
        new TamperedBackend() {
          @Override
          public long[] decide(BackendCall call) {
            if (hits.incrementAndGet() == 100_000) {
              throw new StackOverflowError();
            }
            return delegate().decide(call);
          }
        };
    assertThat(new Soak(failing).run(5)).anyMatch(fault -> fault.endsWith("StackOverflowError"));
  }

  @Test
  void b3_anAccountAllowsCapacityPlusRefillOverEverySpan() {
    SoakAudit audit = new SoakAudit(List.of(RATE), 0);
    assertThat(audit.audit(20, SECOND)).isEmpty();
    assertThat(audit.audit(10, 2 * SECOND)).isEmpty();
    assertThat(audit.audit(11, 3 * SECOND)).singleElement().asString().contains("too much");
    // An idle span does not increase the capacity.
    SoakAudit idle = new SoakAudit(List.of(RATE), 0);
    assertThat(idle.audit(0, SECOND)).isNotEmpty();
    assertThat(idle.audit(21, 2 * SECOND)).singleElement().asString().contains("too much");
  }

  @Test
  void b3_aRefilledTokenThatNobodyGetsIsALoss() {
    SoakAudit audit = new SoakAudit(List.of(RATE), 0);
    assertThat(audit.audit(20, SECOND)).isEmpty();
    assertThat(audit.audit(8, 2 * SECOND)).isEmpty();
    assertThat(audit.audit(2, 3 * SECOND)).singleElement().asString().startsWith("lost");
  }

  /** A store in which a test changes single decisions. */
  private abstract static class TamperedBackend extends ForwardingBackend {

    TamperedBackend() {
      super(InMemoryBackend.builder("soak").maxKeys(20_000).build());
    }

    @Override
    public CompletionStage<long[]> decideAsync(BackendCall call) {
      return delegate().decideAsync(call);
    }
  }
}
