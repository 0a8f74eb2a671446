package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.Charge;
import io.traffik.ConnectionThrottledException;
import io.traffik.ConnectionView;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Calls of a real HTTP server at five requests a second, on the clock of the JDK. */
final class ApiCallsTest {

  private static final Identity APP = Identity.of("my-app");
  private static final int CALLS = 6;

  private final Backend backend = InMemoryBackend.create("myapp");

  @FunctionalInterface
  private interface Caller {
    void call(List<URI> uris) throws Exception;
  }

  private static void assertEvenlySpaced(Caller caller) throws Exception {
    ExampleServer.withJavalin(
        config -> config.routes.get("/repos", ctx -> ctx.result("ok")),
        port -> {
          long start = System.nanoTime();
          caller.call(Collections.nCopies(CALLS, ExampleServer.uri(port, "/repos")));
          assertThat(Duration.ofNanos(System.nanoTime() - start))
              .isGreaterThanOrEqualTo(Duration.ofMillis(200 * (CALLS - 1)));
        });
  }

  private static List<ExecutorService> threads() throws ReflectiveOperationException {
    List<ExecutorService> threads = new ArrayList<>(List.of(Executors.newFixedThreadPool(CALLS)));
    if (Runtime.version().feature() >= 21) {
      threads.add(
          (ExecutorService)
              Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
    }
    return threads;
  }

  @Test
  void t10_callsOnThreadsAreEvenlySpaced() throws Exception {
    for (ExecutorService threads : threads()) {
      WaitingExamples.GitHubClient github =
          new WaitingExamples.GitHubClient(InMemoryBackend.create("myapp"));
      try {
        assertEvenlySpaced(
            uris -> {
              for (Future<HttpResponse<String>> response :
                  WaitingExamples.getAll(github, uris, threads)) {
                assertThat(response.get().body()).isEqualTo("ok");
              }
            });
      } finally {
        threads.shutdown();
      }
    }
  }

  @Test
  void t10_asynchronousCallsAreEvenlySpaced() throws Exception {
    WaitingExamples.GitHubClient github = new WaitingExamples.GitHubClient(backend);
    assertEvenlySpaced(
        uris -> {
          for (CompletableFuture<HttpResponse<String>> response :
              uris.stream().map(github::getAsync).toList()) {
            assertThat(response.get().body()).isEqualTo("ok");
          }
        });
  }

  @Test
  void t10_aCallBeyondThePatienceIsDenied() {
    Throttle github = hourly();
    github.hit(APP);
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> github.acquire(APP, Duration.ofSeconds(10)))
        .satisfies(denial -> assertThat(denial.retryAfter()).isPresent());
  }

  private static final class StoreOutOfReach extends ForwardingBackend {
    StoreOutOfReach(Backend backend) {
      super(backend);
    }

    @Override
    public long[] decide(BackendCall call) {
      throw new BackendException("out of reach");
    }

    @Override
    public CompletionStage<long[]> decideAsync(BackendCall call) {
      return CompletableFuture.failedFuture(new BackendException("out of reach"));
    }
  }

  private Throttle hourly() {
    return Throttle.builder("github")
        .rate("100/h (capacity 1)")
        .maxWait(Duration.ofDays(1))
        .backend(backend)
        .build();
  }

  private static Charge reserve(Throttle github) {
    return github.reserve(ConnectionView.of(APP), 1, Duration.ofDays(1));
  }

  @Test
  void b13_aCancelledCallLeavesItsPlaceToTheNext() {
    Throttle github =
        Throttle.builder("github")
            .rate("1/5s (capacity 1)")
            .maxWait(Duration.ofMinutes(1))
            .backend(backend)
            .build();
    github.hit(APP);
    CompletableFuture<String> response =
        WaitingExamples.giveUp(github, APP, CompletableFuture.completedFuture("answer"));
    assertThat(response).isCompletedExceptionally();
    assertThat(github.reserve(ConnectionView.of(APP), 1, Duration.ofMinutes(1)).decision().delay())
        .isLessThanOrEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void b13_theTokenOfAnEarlierCallLapses() {
    Throttle github = hourly();
    github.hit(APP);
    Charge second = reserve(github);
    reserve(github);
    second.refund();
    assertThat(reserve(github).decision().delay()).isGreaterThan(Duration.ofSeconds(2 * 36));
  }

  @Test
  void t10_inProductionAFailingStoreStopsTheCalls() throws Exception {
    assertThat(WaitingExamples.production(backend).acquire(APP, Duration.ZERO).isOpen()).isTrue();
    Throttle github = WaitingExamples.production(new StoreOutOfReach(backend));
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> github.acquire(APP, Duration.ZERO));
  }

  @Test
  void b13_aReservedCallRunsAfterItsDelay() throws Exception {
    Throttle github =
        Throttle.builder("github")
            .rate("5/s (capacity 1)")
            .maxWait(Duration.ofMinutes(1))
            .backend(backend)
            .build();
    ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
    try {
      long start = System.nanoTime();
      github.hit(APP);
      AtomicLong calledAt = new AtomicLong();
      WaitingExamples.schedule(github, APP, scheduler, () -> calledAt.set(System.nanoTime()))
          .get(20, TimeUnit.SECONDS);
      assertThat(Duration.ofNanos(calledAt.get() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(200));
    } finally {
      scheduler.shutdownNow();
    }
  }
}
