package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.traffik.Backend;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.FailurePolicy;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.RedisServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls without a connection: rule L1. The failure policy would let them pass. */
@Isolated
@NeedsProcesses
@Tag("fault")
class ConnectingTest {

  private static final int HITS = 30;
  private static final int LIMIT = 10;
  private static final ConnectionView CLIENT = ConnectionView.of(Identity.of("client"));

  /** Far more than a failure at once takes. */
  private static final Duration LONG_DEADLINE = Duration.ofSeconds(20);

  private static final Pattern TIME = Pattern.compile("no answer from Redis; it took (\\d+) ms");

  private static Throttle throttle(Backend backend) {
    return Throttle.builder("api")
        .rate(LIMIT + "/365d")
        .backend(backend)
        .onBackendFailure(FailurePolicy.ALLOW)
        .build();
  }

  @ParameterizedTest
  @EnumSource
  void l1_firstHitsOfAServerWaitForTheConnection(ClientLibrary library) throws Exception {
    try (RedisProcess server = RedisProcess.start()) {
      requireFirstHitsWait(library.standalone(server.uri().toString(), "first"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_firstHitsUnderSentinelWaitForTheConnection(ClientLibrary library) throws Exception {
    String uri = RedisServers.sentinel().uri();
    requireFirstHitsWait(library.standalone(uri, "first" + System.nanoTime()));
  }

  @ParameterizedTest
  @EnumSource
  void l1_firstHitsOfAClusterWaitForTheConnection(ClientLibrary library) throws Exception {
    List<String> uris = RedisServers.cluster().uris();
    requireFirstHitsWait(library.cluster(uris, "first" + System.nanoTime()));
  }

  private static void requireFirstHitsWait(Backend unopened) throws Exception {
    try (Backend backend = unopened) {
      Throttle throttle = throttle(backend);
      ConcurrentHits.requireExactly(
          LIMIT,
          HITS,
          i ->
              i % 2 == 0
                  ? () -> throttle.hitAsync(CLIENT).toCompletableFuture().get()
                  : () -> throttle.hit(CLIENT));
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_callsFailAtOnceAfterARefusedAttempt(ClientLibrary library) {
    try (RedisProcess server = RedisProcess.start()) {
      server.kill();
      try (Backend backend =
          library.standalone(server.uri().toString(), "refused", LONG_DEADLINE)) {
        requireFailuresAtOnce(backend);
        server.restart();
        Throttle throttle = throttle(backend);
        Condition.await("connected", () -> !throttle.hit(CLIENT).degraded());
        server.kill();
        Condition.await("connection lost", () -> throttle.hit(CLIENT).degraded());
        requireFailuresAtOnce(backend);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_callsFailAtOnceAfterAnAttemptWithoutAnswer(ClientLibrary library) throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Backend backend =
            library.standalone(
                "redis://127.0.0.1:" + silent.getLocalPort(), "silent", Duration.ofMillis(500))) {
      Throttle throttle = throttle(backend);
      Condition.await("an attempt has failed", () -> nanosOfFailure(throttle) < 100_000_000);
      // Further attempts continue, but calls no longer wait for them.
      assertThat(Stream.generate(() -> nanosOfFailure(throttle)).limit(5))
          .allMatch(nanos -> nanos < TimeUnit.MILLISECONDS.toNanos(400));
    }
  }

  private static long nanosOfFailure(Throttle throttle) {
    long start = System.nanoTime();
    assertThat(throttle.hit(CLIENT).degraded()).isTrue();
    return System.nanoTime() - start;
  }

  private static void requireFailuresAtOnce(Backend backend) {
    Throttle throttle = throttle(backend);
    long start = System.nanoTime();
    for (int i = 0; i < HITS; i++) {
      assertThat(throttle.hit(CLIENT).degraded()).isTrue();
      assertThat(throttle.hitAsync(CLIENT).toCompletableFuture().join().degraded()).isTrue();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG_DEADLINE.dividedBy(2));
  }

  /** Its answer arrives within the deadline, and tells whether it was charged. */
  @ParameterizedTest
  @EnumSource
  void s4_aHitOfAnInterruptedThreadIsDecided(ClientLibrary library) throws Exception {
    try (RedisProcess server = RedisProcess.start();
        Backend backend =
            library.standalone(server.uri().toString(), "interrupted", LONG_DEADLINE)) {
      Throttle throttle = throttle(backend);
      List<Decision> decisions = new ArrayList<>();
      List<Boolean> flags = new ArrayList<>();
      Thread thread =
          start(
              () -> {
                for (int i = 0; i <= LIMIT; i++) {
                  Thread.currentThread().interrupt();
                  decisions.add(throttle.hit(CLIENT));
                  flags.add(Thread.interrupted());
                }
              });
      thread.join();
      assertThat(decisions).hasSize(LIMIT + 1).noneMatch(Decision::degraded);
      assertThat(decisions.stream().filter(Decision::allowed)).hasSize(LIMIT);
      assertThat(flags).hasSize(LIMIT + 1).containsOnly(true);
    }
  }

  /** A virtual thread if there are any: the JDK closes their sockets on an interrupt. */
  private static Thread start(Runnable task) {
    try {
      return (Thread)
          Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
    } catch (ReflectiveOperationException e) {
      Thread thread = new Thread(task);
      thread.start();
      return thread;
    }
  }

  @ParameterizedTest
  @EnumSource
  void s4_aHitThatIsInterruptedWhileItWaitsIsDecided(ClientLibrary library) throws Exception {
    try (RedisProcess server = RedisProcess.start();
        Backend backend =
            library.standalone(server.uri().toString(), "interrupted", LONG_DEADLINE)) {
      Throttle throttle = throttle(backend);
      throttle.hit(CLIENT);
      server.execute("CLIENT", "PAUSE", "60000", "WRITE");
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      CompletableFuture<Decision> decision = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                decision.complete(throttle.hit(CLIENT));
                interrupted.complete(Thread.currentThread().isInterrupted());
              });
      thread.start();
      Condition.await(
          "the hit is in flight",
          () ->
              thread.getState() == Thread.State.TIMED_WAITING
                  || server.execute("CLIENT", "LIST").contains("cmd=evalsha"));
      thread.interrupt();
      server.execute("CLIENT", "UNPAUSE");
      assertThat(decision.get().degraded()).isFalse();
      assertThat(decision.get().remaining()).isEqualTo(LIMIT - 2L);
      assertThat(interrupted.get()).isTrue();
    }
  }

  /** The time in the message is the time that was waited. */
  @ParameterizedTest
  @EnumSource
  void s4_aResetOfASilentServerTakesTheDeadline(ClientLibrary library) throws IOException {
    Duration deadline = Duration.ofMillis(300);
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Backend backend =
            library.standalone("redis://127.0.0.1:" + silent.getLocalPort(), "silent", deadline)) {
      long start = System.nanoTime();
      Throwable thrown = catchThrowable(backend::reset);
      Duration waited = Duration.ofNanos(System.nanoTime() - start);
      assertThat(waited).isLessThan(Duration.ofMillis(1_500));
      Matcher stated = TIME.matcher(String.valueOf(thrown.getMessage()));
      assertThat(stated.find()).as(thrown.getMessage()).isTrue();
      assertThat(Duration.ofMillis(Long.parseLong(stated.group(1))))
          .isBetween(waited.minusSeconds(1), waited);
    }
  }
}
