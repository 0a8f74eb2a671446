package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.redis.server.RedisServers;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** What becomes of the threads on which calls wait. */
final class JedisExecutorTest {

  private static final int CALLS = 8;

  /** Far less than the time after which a thread that is idle ends by itself. */
  private static final long PATIENCE_MILLIS = 5_000;

  private static final QuotaPolicy POLICY = QuotaPolicy.of("api", List.of(Rate.perMinute(1)));

  private static void assertEnded(Set<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(PATIENCE_MILLIS);
      assertThat(thread.isAlive()).as(thread.getName()).isFalse();
    }
  }

  @Test
  void l3_threadsEndWithWhatTheyAreFor() throws Exception {
    JedisExecutor calls = JedisExecutor.onOwnThreads();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch all = new CountDownLatch(CALLS);
    CountDownLatch closed = new CountDownLatch(1);
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      boolean late = i == 0;
      answers.add(
          calls.submit(
              () -> {
                threads.add(Thread.currentThread());
                all.countDown();
                all.await();
                return !late || closed.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
              }));
    }
    all.await();
    calls.close();
    closed.countDown();
    // What is under way when all is closed goes on to its end.
    for (CompletableFuture<Boolean> answer : answers) {
      assertThat(answer.join()).isTrue();
    }
    assertThat(threads).hasSize(CALLS);
    assertEnded(threads);
  }

  @Test
  void threadsAreVirtualWhereThereAreAny() {
    JedisExecutor calls = JedisExecutor.onOwnThreads();
    Thread thread = calls.submit(Thread::currentThread).join();
    calls.close();
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getName()).startsWith("traffik-redis-");
    assertThat(thread.getClass().getSimpleName().equals("VirtualThread"))
        .isEqualTo(Runtime.version().feature() >= 21);
  }

  /** That no thread can be started is an error, no exception. */
  @Test
  void s4_whatAnExecutorDoesNotTakeIsToldAndTakesNoRoom() {
    AtomicBoolean exhausted = new AtomicBoolean(true);
    JedisExecutor calls =
        JedisExecutor.on(
            call -> {
              if (exhausted.get()) {
                throw new OutOfMemoryError("no thread can be started");
              }
              call.run();
            });
    for (int i = 0; i < InFlightLimiter.PLACES; i++) {
      assertThat(calls.submit(() -> "answer")).isCompletedExceptionally();
    }
    exhausted.set(false);
    assertThat(calls.submit(() -> "answer")).isCompletedWithValue("answer");
  }

  @Test
  void l3_aUsersExecutorStaysAsItIs() {
    ThreadPoolExecutor users = (ThreadPoolExecutor) Executors.newFixedThreadPool(1);
    try {
      JedisExecutor calls = JedisExecutor.on(users);
      calls.close();
      assertThat(calls.submit(() -> "answer").join()).isEqualTo("answer");
      assertThat(users.getKeepAliveTime(TimeUnit.NANOSECONDS)).isZero();
    } finally {
      users.shutdownNow();
    }
  }

  @Test
  void l3_theThreadsOfABackendEndWithIt() throws Exception {
    try (RedisClient client = RedisClient.create(RedisServers.standalone().uri().toString())) {
      for (JedisBackendBuilder choices :
          List.of(
              RedisBackend.jedis("threads").uri(RedisServers.standalone().uri().toString()),
              RedisBackend.jedis("threads").client(client))) {
        Backend backend = choices.build();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        // Some stages may have ended before anything is added, which then runs here.
        while (threads.isEmpty()) {
          backend
              .decideAsync(Operation.HIT, POLICY, "client", "", 1)
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
