package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.traffik.spi.BackendCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Hits that wait until their tokens are there (rule T10). */
final class ThrottleAcquireTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration TOKEN = Duration.ofMillis(200);
  private static final Identity APP = Identity.of("app");
  private static final ConnectionView VIEW = ConnectionView.of(APP);

  private final MapBackend backend = new MapBackend();
  private final ManualSleeper sleeper = new ManualSleeper();

  /** Time passes while something sleeps. */
  private final class ManualSleeper implements Waiting.Sleeper {

    private final List<Duration> sleeps = new ArrayList<>();
    private final List<CompletableFuture<@Nullable Void>> timers = new ArrayList<>();
    private boolean interrupted;

    @Override
    public void sleep(long nanos) throws InterruptedException {
      sleeps.add(Duration.ofNanos(nanos));
      if (interrupted) {
        throw new InterruptedException();
      }
      backend.now += nanos;
    }

    @Override
    public CompletableFuture<@Nullable Void> delay(long nanos) {
      sleeps.add(Duration.ofNanos(nanos));
      CompletableFuture<@Nullable Void> timer = new CompletableFuture<>();
      timers.add(timer);
      return timer;
    }
  }

  private ThrottleBuilder builder(String... rates) {
    ThrottleBuilder builder = backend.throttle(rates).maxWait(MINUTE).clock(() -> backend.now);
    builder.sleeper = sleeper;
    return builder;
  }

  private final Throttle github = builder("5/s (capacity 1)").build();

  @Test
  void t10_aHitIsOneCallAndReturnsOnceItsTokensAreThere() throws Exception {
    for (int i = 0; i < 40; i++) {
      assertThat(github.acquire(APP, MINUTE).decision().allowed()).isTrue();
      assertThat(backend.now).isEqualTo(i * TOKEN.toNanos());
    }
    assertThat(backend.calls).hasSize(40);
    assertThat(sleeper.sleeps).hasSize(39).containsOnly(TOKEN);
  }

  @Test
  void t10_aCostMayBeGiven() throws Exception {
    Throttle api = builder("5/s").cost(2).build();
    assertThat(api.acquire(TestView.GET, MINUTE).decision().charged()).isEqualTo(2);
    assertThat(api.acquire(TestView.GET, 4, MINUTE).decision().charged()).isEqualTo(4);
    assertThat(sleeper.sleeps).containsExactly(TOKEN);
    assertThat(join(api.acquireAsync(TestView.GET, 0, MINUTE)).decision().charged()).isZero();
    assertThat(sleeper.sleeps).hasSize(1);
  }

  @Test
  void t10_aWaitBeyondThePatienceIsDeniedAtOnce() throws Exception {
    github.acquire(APP, MINUTE);
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> github.acquire(APP, TOKEN.minusNanos(1)))
        .satisfies(e -> assertThat(e.decision().retryAfter()).hasValue(Duration.ofNanos(1)));
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> join(github.acquireAsync(APP, Duration.ZERO)))
        .withCauseInstanceOf(ConnectionThrottledException.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> github.acquire(APP, MINUTE.plusNanos(1)))
        .withMessageContaining("patience must be from zero to the maxWait");
    assertThat(sleeper.sleeps).isEmpty();
  }

  @Test
  void t10_aDenialThatAHandlerLetsPassDoesNotWait() throws Exception {
    Throttle lenient = builder("5/s (capacity 1)").onThrottled((view, denial, by) -> {}).build();
    lenient.acquire(APP, MINUTE);
    assertThat(lenient.acquire(APP, Duration.ZERO).decision().denied()).isTrue();
    assertThat(sleeper.sleeps).isEmpty();
  }

  @Test
  void t10_b13_anInterruptCancelsTheHit() throws Exception {
    github.acquire(APP, MINUTE);
    sleeper.interrupted = true;
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> github.acquire(APP, MINUTE));
    sleeper.interrupted = false;
    github.acquire(APP, MINUTE);
    assertThat(sleeper.sleeps).containsExactly(TOKEN, TOKEN);
  }

  @Test
  void t10_anInterruptedThreadTakesNothing() {
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> github.acquire(APP, MINUTE));
    assertThat(backend.calls).isEmpty();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void t10_anAsynchronousHitCompletesOnceItsTokensAreThere() {
    assertThat(github.acquireAsync(APP, MINUTE)).isCompleted();
    CompletableFuture<Charge> second = github.acquireAsync(VIEW, MINUTE);
    assertThat(second).isNotDone();
    backend.now += TOKEN.toNanos();
    sleeper.timers.get(0).complete(null);
    assertThat(join(second).decision().charged()).isEqualTo(1);
    join(second).refund();
    assertThat(github.peek(VIEW).remaining()).isEqualTo(1);
  }

  @Test
  void t10_b13_cancellingTheFutureCancelsTheHit() {
    assertThat(github.acquireAsync(APP, MINUTE)).isCompleted();
    CompletableFuture<Charge> second = github.acquireAsync(APP, MINUTE);
    second.cancel(false);
    assertThat(sleeper.timers.get(0)).as("frees the timer").isCancelled();
    assertThat(backend.calls.get(2)).startsWith("REFUND app");
    assertThat(github.acquireAsync(APP, MINUTE)).isNotDone();
    assertThat(sleeper.sleeps).containsExactly(TOKEN, TOKEN);
  }

  /** The cancellation meets a timer that has ended, or a decision that is still to come. */
  @Test
  void t10_b13_aLateCancellationCancelsTheHitOnce() {
    CompletableFuture<long[]> answer = new CompletableFuture<>();
    MapBackend slow =
        new MapBackend() {
          @Override
          public CompletableFuture<long[]> decideAsync(BackendCall call) {
            super.decide(call);
            return call.operation() == Operation.HIT
                ? answer
                : CompletableFuture.completedFuture(new long[1]);
          }
        };
    Throttle api = slow.throttle("5/s").maxWait(MINUTE).build();
    CompletableFuture<Charge> pending = api.acquireAsync(APP, MINUTE);
    pending.cancel(false);
    assertThat(slow.calls).hasSize(1);
    answer.complete(new long[] {0});
    assertThat(slow.calls).hasSize(2);
    assertThat(slow.calls.get(1)).startsWith("REFUND");
  }

  @Test
  void t10_jitterLengthensAWaitWithinThePatience() throws Exception {
    Throttle jittered = builder("5/s (capacity 1)").jitter(Duration.ofSeconds(3)).build();
    Duration patience = TOKEN.plusMillis(50);
    boolean longer = false;
    for (int i = 0; i < 100; i++) {
      backend.now += Duration.ofDays(1).toNanos();
      jittered.acquire(APP, patience);
      jittered.acquire(APP, patience);
      Duration wait = sleeper.sleeps.get(i);
      assertThat(wait).isBetween(TOKEN, patience);
      longer |= wait.compareTo(TOKEN) > 0;
    }
    assertThat(longer).isTrue();
    assertThat(sleeper.sleeps).as("a hit without a wait has no jitter").hasSize(100);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> builder("1/s").jitter(Duration.ofNanos(-1)));
  }

  /** On the clock of the JDK; a wait is never shorter than its tokens need. */
  @Test
  void t10_realWaitsAreNotTooShort() throws Exception {
    for (int i = 0; i < 20; i++) {
      long start = System.nanoTime();
      Waiting.Sleeper.SYSTEM.sleep(300_001);
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(300_001);
    }
    long start = System.nanoTime();
    Waiting.Sleeper.SYSTEM.delay(300_001).get(10, TimeUnit.SECONDS);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(300_001);
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> Waiting.Sleeper.SYSTEM.sleep(Long.MAX_VALUE / 2));
  }

  private static <T> T join(CompletableFuture<T> future) {
    return future.join();
  }
}
