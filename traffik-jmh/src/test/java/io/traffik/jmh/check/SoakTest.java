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

/** The soak finds nothing in the store, and finds what is wrong with stores that are. */
class SoakTest {

  private static final Rate RATE = Rate.perSecond(10);
  private static final long SECOND = 1_000_000_000;

  @Test
  void b3_theStoreKeepsToTheAccount() throws Exception {
    InMemoryBackend store = InMemoryBackend.builder("soak").maxKeys(20_000).build();
    Soak soak = new Soak(store);
    assertThat(soak.run(2)).isEmpty();
    assertThat(store.evictions()).isPositive();
    // At least the capacities of all that are audited.
    assertThat(soak.granted()).isGreaterThan(300 * 20);
  }

  @Test
  void b3_aStoreThatGrantsOneTokenTooManyIsFound() throws Exception {
    AtomicLong denials = new AtomicLong();
    Backend generous =
        new Tampered() {
          @Override
          public long[] decide(BackendCall call) {
            long[] margins = delegate().decide(call);
            if (call.identity().equals("client-0")
                && margins[0] < 0
                && denials.incrementAndGet() == 500) {
              margins[0] = 0;
            }
            return margins;
          }
        };
    assertThat(new Soak(generous).run(5))
        .singleElement()
        .asString()
        .startsWith("client-0 of hundred[100/s]: granted ")
        .contains("too much");
  }

  /** The other threads would wait for one that has ended. */
  @Test
  @Timeout(30)
  void anErrorIsAFaultAndNoHang() throws Exception {
    AtomicLong hits = new AtomicLong();
    Backend failing =
        new Tampered() {
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
    // A span that begins late: the account forgets no spending because somebody rested before.
    SoakAudit rested = new SoakAudit(List.of(RATE), 0);
    assertThat(rested.audit(0, SECOND)).isNotEmpty();
    assertThat(rested.audit(21, 2 * SECOND)).singleElement().asString().contains("too much");
  }

  @Test
  void b3_aTokenThatNobodyGetsIsALoss() {
    SoakAudit audit = new SoakAudit(List.of(RATE), 0);
    assertThat(audit.audit(20, SECOND)).isEmpty();
    assertThat(audit.audit(8, 2 * SECOND)).isEmpty();
    assertThat(audit.audit(2, 3 * SECOND)).singleElement().asString().startsWith("lost");
  }

  /** A store of which single decisions are other than they should be. */
  private abstract static class Tampered extends ForwardingBackend {

    Tampered() {
      super(InMemoryBackend.builder("soak").maxKeys(20_000).build());
    }

    @Override
    public CompletionStage<long[]> decideAsync(BackendCall call) {
      return delegate().decideAsync(call);
    }
  }
}
