package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.traffik.spi.BackendCall;
import io.traffik.spi.StageDeadline;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Failures and overload are logged for each backend: when they begin, now and then, at the end. */
final class BackendHealthTest {

  private final LogRecorder log = new LogRecorder();
  private long now = TimeUnit.DAYS.toNanos(1);
  private @Nullable RuntimeException failure;

  private final MapBackend backend =
      new MapBackend() {
        @Override
        public long[] decide(BackendCall call) {
          if (failure != null) {
            throw failure;
          }
          return super.decide(call);
        }
      };

  private final Throttle api = throttle(FailurePolicy.ALLOW);

  private Throttle throttle(FailurePolicy policy) {
    return backend.throttle("9/s").clock(() -> now).onBackendFailure(policy).build();
  }

  @AfterEach
  void stopRecording() {
    log.close();
  }

  private void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @ParameterizedTest
  @EnumSource
  void f1_aFailureIsLoggedWhenItBeginsAndWhenItIsOver(OperationForm form) {
    failure = new BackendException("unreachable");
    form.hit(api, TestView.GET);
    form.hit(api, TestView.GET);
    form.hit(throttle(FailurePolicy.DENY), TestView.GET);
    assertThat(catchThrowable(() -> form.hit(throttle(FailurePolicy.THROW), TestView.GET)))
        .isSameAs(failure);
    assertThat(log.texts()).hasSize(1);
    assertThat(log.texts().get(0))
        .startsWith("Backend \"map\" (BackendHealthTest$1) failed. Until it works again, ")
        .contains("That of throttle \"api\" is ALLOW.");
    assertThat(log.entries.get(0).getThrown()).isSameAs(failure);
    failure = null;
    pass(4_000);
    form.hit(api, TestView.GET);
    form.hit(api, TestView.GET);
    assertThat(log.texts().subList(1, 2))
        .containsExactly(
            "Backend \"map\" (BackendHealthTest$1) works again after 4 s: 4 failures (hits allowed: 2, denied: 1,"
                + " ended by an exception: 1; refunds and settlements lost: 0)");
    assertThat(log.levels()).containsExactly(Level.WARNING, Level.INFO);
  }

  @Test
  void f1_aThousandThrottlesOnADeadBackendWriteOneStackTrace() {
    failure = new BackendException("unreachable");
    for (int second = 0; second < 25; second++) {
      for (int i = 0; i < 1_000; i++) {
        Throttle each =
            Throttle.builder("t" + i).rate("1/s").backend(backend).clock(() -> now).build();
        each.hit(TestView.GET);
      }
      pass(1_000);
    }
    assertThat(log.stackTraces()).isEqualTo(1);
    assertThat(log.texts()).hasSize(3);
    assertThat(log.texts().get(2))
        .startsWith(
            "Backend \"map\" (BackendHealthTest$1) is still failing: 20001 failures (hits allowed: 20001, denied: 0,")
        .endsWith(" in 20 s, the last: unreachable");
  }

  @Test
  void f1_aBackendThatFailsNowAndThenDoesNotFloodTheLog() {
    for (int i = 0; i < 300; i++) {
      failure = i % 2 == 0 ? new BackendException("unreachable") : null;
      api.hit(TestView.GET);
      pass(1_100);
    }
    assertThat(log.stackTraces()).isBetween(25L, 34L);
    assertThat(log.texts()).hasSizeLessThan(70);
    failure = null;
    pass(20_000);
    api.hit(TestView.GET);
    long counted =
        log.texts().stream()
            .filter(text -> text.contains("works again after"))
            .mapToLong(text -> Long.parseLong(text.replaceAll(".*: (\\d+) failures.*", "$1")))
            .sum();
    assertThat(counted).as("failures in the entries of the ends").isEqualTo(150);
  }

  /** Nobody was warned of its beginning, which followed another entry too soon. */
  @Test
  void f1_theEndOfAnOutageWithoutABeginningIsAWarningWithItsDuration() {
    for (int outage = 0; outage < 2; outage++) {
      failure = new BackendException("unreachable");
      api.hit(TestView.GET);
      pass(1_000);
      api.hit(TestView.GET);
      failure = null;
      pass(1_000);
      api.hit(TestView.GET);
    }
    assertThat(log.texts()).hasSize(2);
    pass(20_000);
    api.hit(TestView.GET);
    assertThat(log.texts().get(2)).contains(" works again after 2 s: 2 failures (hits allowed: 2,");
    assertThat(log.levels()).containsExactly(Level.WARNING, Level.INFO, Level.WARNING);
  }

  @Test
  void f1_aStartWithoutTheStoreIsCounted() {
    BackendStart.OPTIONAL.open(
        new MapBackend() {
          @Override
          public void open() {
            throw new BackendException("unreachable");
          }
        });
    assertThat(log.texts()).hasSize(1);
    BackendHealth.of(backend).failedAtStart(new BackendException("unreachable"), now);
    pass(2_000);
    api.hit(TestView.GET);
    assertThat(log.texts())
        .last()
        .asString()
        .endsWith(
            ": 1 failures (hits allowed: 0, denied: 0, ended by an exception: 0;"
                + " refunds and settlements lost: 0; starts without the store: 1)");
  }

  /** They are failures of the backend, so an application without its store starts all the same. */
  @Test
  void f1_l1_errorsOfOpenAreFailures() {
    for (Error error : List.of(new NoClassDefFoundError("driver"), new AssertionError("broken"))) {
      Backend failing =
          new MapBackend() {
            @Override
            public void open() {
              throw error;
            }
          };
      BackendStart.OPTIONAL.open(failing);
      assertThat(catchThrowable(() -> BackendStart.REQUIRED.open(failing)))
          .isInstanceOf(BackendException.class)
          .hasCause(error);
    }
  }

  /** The message about a late stage names the backend, which may fail to tell its name. */
  @Test
  void f1_aLateStageEndsEvenIfItsFailureCannotBeDescribed() {
    CompletionStage<String> bounded =
        StageDeadline.bound(
            new CompletableFuture<>(),
            Duration.ofMillis(1),
            () -> {
              throw new IllegalStateException("no name");
            });
    assertThat(catchThrowable(() -> bounded.toCompletableFuture().get(10, TimeUnit.SECONDS)))
        .hasRootCauseMessage("no name");
  }

  @Test
  void f1_anAnswerThatWasUnderWayIsNotTheEnd() {
    failure = new BackendException("unreachable");
    api.hit(TestView.GET);
    failure = null;
    pass(900);
    api.hit(TestView.GET);
    assertThat(log.texts()).hasSize(1);
  }

  @Test
  void f6_overloadIsLoggedLikeAFailureWithoutAStackTrace() {
    failure = new OverloadException("too many calls wait");
    api.hit(TestView.GET);
    pass(10_000);
    api.hit(TestView.GET);
    failure = null;
    pass(1_000);
    api.hit(TestView.GET);
    assertThat(log.texts()).hasSize(3);
    assertThat(log.texts().get(0))
        .isEqualTo(
            "Backend \"map\" (BackendHealthTest$1) is overloaded. Throttle \"api\" denied a hit."
                + " Further denials are counted. too many calls wait");
    assertThat(log.texts().get(1))
        .startsWith("Backend \"map\" (BackendHealthTest$1) is still overloaded: 2 refused");
    assertThat(log.texts().get(2))
        .startsWith(
            "Backend \"map\" (BackendHealthTest$1) is no longer overloaded after 11 s: 2 refused calls");
    assertThat(log.stackTraces()).isZero();
  }

  @Test
  void f1_anyThrottleNoticesTheEnd() {
    failure = new BackendException("unreachable");
    api.hit(TestView.GET);
    failure = null;
    pass(2_000);
    throttle(FailurePolicy.DENY).hit(TestView.GET);
    assertThat(log.texts()).last().asString().contains("works again after 2 s: 1 failures");
  }

  @Test
  void f1_aHealthyBackendIsNotRecorded() {
    failure = new BackendException("unreachable");
    int before = BackendHealth.recordedBackends();
    api.hit(TestView.GET);
    assertThat(BackendHealth.recordedBackends()).isEqualTo(before + 1);
    failure = null;
    pass(2_000);
    api.hit(TestView.GET);
    pass(10_000);
    api.hit(TestView.GET);
    assertThat(BackendHealth.recordedBackends()).isEqualTo(before);
  }

  @Test
  void f1_failingBackendsAreReferencedWeaklyAndBounded() throws Exception {
    List<Backend> alive = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      alive.add(failOnce());
    }
    assertThat(BackendHealth.recordedBackends()).isLessThanOrEqualTo(256);
    WeakReference<Backend> last = new WeakReference<>(alive.get(999));
    alive.clear();
    for (int i = 0; i < 100 && !last.refersTo(null); i++) {
      System.gc();
    }
    assertThat(last.refersTo(null)).isTrue();
    Backend next = failOnce();
    assertThat(BackendHealth.recordedBackends()).isLessThan(20);
    assertThat(next).isNotNull();
  }

  private static Backend failOnce() {
    MapBackend failing = new MapBackend();
    failing.failing = true;
    failing.throttle("1/s").build().hit(TestView.GET);
    return failing;
  }
}
