package io.traffik.redis.jedis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.OverloadException;
import io.traffik.Rate;
import io.traffik.redis.JedisBackendBuilder;
import io.traffik.redis.RedisBackend;
import io.traffik.redis.async.AdmissionControl;
import io.traffik.redis.server.RedisServers;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/** The threads of asynchronous calls over Jedis. */
final class JedisExecutorTest {

  private static final int CALLS = 8;

  /** Less than the time after which idle threads end by themselves. */
  private static final long TIMEOUT_MILLIS = 5_000;

  private static final QuotaPolicy POLICY = QuotaPolicy.of("api", List.of(Rate.perMinute(1)));

  private static void assertEnded(Set<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(TIMEOUT_MILLIS);
      assertThat(thread.isAlive()).as(thread.getName()).isFalse();
    }
  }

  @Test
  void l3_threadsEndAfterClose() throws Exception {
    JedisExecutor jedisExecutor = JedisExecutor.withOwnThreads();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch allStarted = new CountDownLatch(CALLS);
    CountDownLatch closeCalled = new CountDownLatch(1);
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      boolean waitsForClose = i == 0;
      answers.add(
          jedisExecutor.submit(
              () -> {
                threads.add(Thread.currentThread());
                allStarted.countDown();
                allStarted.await();
                return !waitsForClose || closeCalled.await(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
              }));
    }
    allStarted.await();
    jedisExecutor.close();
    closeCalled.countDown();
    // Calls in flight complete after close.
    for (CompletableFuture<Boolean> answer : answers) {
      assertThat(answer.join()).isTrue();
    }
    assertThat(threads).hasSize(CALLS);
    assertEnded(threads);
  }

  @Test
  void threadsAreDaemonsOfThePlatform() {
    JedisExecutor jedisExecutor = JedisExecutor.withOwnThreads();
    Thread thread = jedisExecutor.submit(Thread::currentThread).join();
    jedisExecutor.close();
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getName()).startsWith("traffik-redis-");
    assertThat(thread.getClass()).isEqualTo(Thread.class);
  }

  /** An executor that cannot start a thread throws an error, not an exception. */
  @Test
  void s4_aCallFailsIfNoThreadCanBeStarted() {
    JedisExecutor jedisExecutor =
        JedisExecutor.of(
            call -> {
              throw new OutOfMemoryError("no thread can be started");
            });
    assertThat(jedisExecutor.submit(() -> "answer"))
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void f6_aCallThatTheUsersExecutorRejectsIsOverload() {
    try (UnifiedJedis client =
        JedisClients.standalone(RedisServers.standalone().uri().toString())) {
      for (JedisBackendBuilder builder :
          List.of(
              RedisBackend.jedis("full").uri(RedisServers.standalone().uri().toString()),
              RedisBackend.jedis("full").client(client))) {
        AtomicBoolean full = new AtomicBoolean();
        try (Backend backend =
            builder
                .executor(
                    call -> {
                      if (full.get()) {
                        throw new RejectedExecutionException("full");
                      }
                      call.run();
                    })
                .build()) {
          BackendCall hit = new BackendCall(Operation.HIT, POLICY, "client", "", 1);
          backend.decide(hit);
          full.set(true);
          // More often than there are places, which a rejected call must not keep.
          for (int i = 0; i < AdmissionControl.PLACES; i++) {
            assertThat(backend.decideAsync(hit).toCompletableFuture())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(OverloadException.class);
          }
          full.set(false);
          assertThat(backend.decideAsync(hit).toCompletableFuture().join()).hasSize(1);
        }
      }
    }
  }

  @Test
  void l3_theUsersExecutorStaysOpen() {
    ThreadPoolExecutor executor = (ThreadPoolExecutor) Executors.newFixedThreadPool(1);
    try {
      JedisExecutor jedisExecutor = JedisExecutor.of(executor);
      jedisExecutor.close();
      assertThat(jedisExecutor.submit(() -> "answer").join()).isEqualTo("answer");
      assertThat(executor.getKeepAliveTime(TimeUnit.NANOSECONDS)).isZero();
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void l3_theThreadsOfABackendEndWithTheBackend() throws Exception {
    try (UnifiedJedis client =
        JedisClients.standalone(RedisServers.standalone().uri().toString())) {
      for (JedisBackendBuilder builder :
          List.of(
              RedisBackend.jedis("threads").uri(RedisServers.standalone().uri().toString()),
              RedisBackend.jedis("threads").client(client))) {
        Backend backend = builder.build();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        // A stage may complete before the action is added, which then runs on this thread.
        while (threads.isEmpty()) {
          backend
              .decideAsync(new BackendCall(Operation.HIT, POLICY, "client", "", 1))
              .thenRun(() -> threads.add(Thread.currentThread()))
              .toCompletableFuture()
              .join();
          threads.remove(Thread.currentThread());
        }
        backend.close();
        assertEnded(threads);
      }
    }
  }
}
