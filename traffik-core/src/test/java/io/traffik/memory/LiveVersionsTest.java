package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads that hit one key by several versions of a policy, or reserve its tokens. */
class LiveVersionsTest {

  private static final int THREADS = 8;
  private static final Rate LARGE = Rate.of(5_000, Duration.ofDays(300));
  private static final Rate SMALL = Rate.of(700, Duration.ofDays(13)).withCapacity(90);
  private static final List<QuotaPolicy> VERSIONS =
      List.of(
          Policies.of("api", LARGE),
          Policies.of("api", SMALL),
          Policies.of("api", LARGE, LARGE),
          Policies.of("api", SMALL, LARGE, LARGE));

  private final SettableClock clock = new SettableClock();
  private final InMemoryBackend backend = InMemoryBackend.builder("test").clock(clock).build();

  /** Without refilling, no debt may be lost whenever a version takes over from another. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void b3_b11_theLargestCapacityIsGrantedOfAllVersionsTogether(int versions) throws Exception {
    long granted =
        ConcurrentRunner.sum(
            THREADS,
            thread -> {
              long sum = 0;
              for (int i = 0; i < 10_000; i++) {
                sum += isGranted(VERSIONS.get((i / 3 + thread) % versions)) ? 1 : 0;
              }
              return sum;
            });
    assertThat(granted).isEqualTo(LARGE.capacity());
  }

  private boolean isGranted(QuotaPolicy policy) {
    BackendCall hit = new BackendCall(Operation.HIT, policy, "client", "", 1);
    return hit.isGranted(backend.decide(hit));
  }

  /** Other keys are added, removed and evicted meanwhile, and the clock moves. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void b3_b11_liveVersionsKeepTheBoundWhileTheClockMoves(int rates) throws Exception {
    Rate slow = Rate.of(1, Duration.ofNanos(9_000)).withCapacity(200);
    Rate fast = Rate.of(1, Duration.ofNanos(700)).withCapacity(10);
    QuotaPolicy[] versions =
        rates == 1
            ? new QuotaPolicy[] {Policies.of("api", slow), Policies.of("api", fast)}
            : new QuotaPolicy[] {Policies.of("api", slow, slow), Policies.of("api", fast)};
    AtomicLong ticks = new AtomicLong();
    InMemoryBackend moving =
        InMemoryBackend.builder("test").clock(() -> ticks.addAndGet(7)).build();
    long granted =
        ConcurrentRunner.sum(
            THREADS,
            thread -> {
              long sum = 0;
              for (int i = 0; i < 20_000; i++) {
                QuotaPolicy policy = versions[(i / 2 + thread) % 2];
                BackendCall hit = new BackendCall(Operation.HIT, policy, "client", "", 1);
                sum += hit.isGranted(moving.decide(hit)) ? 1 : 0;
                moving.decideSingle(Operation.HIT, versions[1], thread + ":" + i, "", 1, 0);
              }
              return sum;
            });
    assertThat(granted).isLessThanOrEqualTo(slow.capacity() + ticks.get() / fast.nanosPerToken());
  }

  /** Of reservations at one instant, each waits for a token of its own. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void b13_reservationsAreSpacedEvenly(int rates) throws Exception {
    Rate rate = Rate.perSecond(5).withCapacity(1);
    QuotaPolicy policy =
        rates == 1 ? Policies.of("api", rate) : Policies.of("api", rate, Rate.perSecond(50));
    ConcurrentSkipListSet<Long> waits = new ConcurrentSkipListSet<>();
    int each = 500;
    ConcurrentRunner.run(
        THREADS,
        thread -> {
          for (int i = 0; i < each; i++) {
            waits.add(waitOf(policy));
          }
        });
    assertThat(waits)
        .containsExactlyElementsOf(
            LongStream.range(0, (long) THREADS * each).map(i -> i * 200_000_000).boxed().toList());
  }

  /** The tokens of a cancelled reservation are never given to two others. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void b13_noTwoReservationsProceedAtOnceAlsoIfOthersAreCancelled(int rates) throws Exception {
    Rate rate = Rate.perSecond(5).withCapacity(1);
    QuotaPolicy policy =
        rates == 1 ? Policies.of("api", rate) : Policies.of("api", rate, Rate.perSecond(50));
    ConcurrentSkipListSet<Long> waits = new ConcurrentSkipListSet<>();
    AtomicLong kept = new AtomicLong();
    ConcurrentRunner.run(
        THREADS,
        thread -> {
          for (int i = 0; i < 500; i++) {
            long wait = waitOf(policy);
            if (i % 3 == 0 && wait > 0) {
              backend.decide(new BackendCall(Operation.REFUND, policy, "client", "", 1, wait));
            } else {
              kept.incrementAndGet();
              waits.add(wait);
            }
          }
        });
    assertThat(waits).hasSize(kept.intValue());
  }

  private long waitOf(QuotaPolicy policy) {
    BackendCall call =
        new BackendCall(Operation.HIT, policy, "client", "", 1, Policies.YEAR.toNanos());
    long[] margins = backend.decide(call);
    assertThat(call.isGranted(margins)).isTrue();
    return -LongStream.of(margins).min().orElseThrow() + 0;
  }

  @Test
  void b14_settlementsOfAllThreadsAndVersionsAddUp() throws Exception {
    Rate other = LARGE.withCapacity(7);
    ConcurrentRunner.run(
        THREADS,
        thread -> {
          QuotaPolicy policy = Policies.of("api", thread % 2 == 0 ? LARGE : other);
          for (int i = 0; i < 1_000; i++) {
            assertThat(
                    backend
                        .decide(
                            new BackendCall(
                                Operation.SETTLE, policy, "client", "", 3, Long.MAX_VALUE))[1])
                .isZero();
          }
        });
    long[] levels =
        backend.decide(new BackendCall(Operation.PEEK, VERSIONS.get(0), "client", "", 0));
    assertThat(levels)
        .containsExactly((LARGE.capacity() - 3_000L * THREADS) * LARGE.nanosPerToken());
  }
}
