package io.traffik.redis.jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.redis.address.RedisAddress;
import io.traffik.redis.async.AdmissionControl.CallRejectedException;
import io.traffik.redis.async.AdmissionControl.Mode;
import io.traffik.redis.async.AdmissionControl.ServerStalledException;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The line in which blocking calls over Jedis wait for a connection. */
final class JedisLineTest {

  private static final ConnectionCounts COUNTS = ConnectionCounts.of(ConnectionCounts.MAX);
  private static final int FLOOD = 250;
  private static final int ROUNDS = 50;
  private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long DEADLINE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final JedisExecutor executor = JedisExecutor.withOwnThreads();
  private final NodeConnections connections = new NodeConnections(executor, COUNTS);
  private final JedisServers topology =
      JedisServers.standalone(
          RedisAddress.parse(RedisServers.standalone().uri().toString()), Duration.ofSeconds(10));
  private final ServerLines server = connections.linesOf(topology.serverOf("key"));
  private final ConnectionPermits permits = server.blocking();

  @AfterEach
  void close() {
    connections.close();
    topology.close();
    executor.close();
  }

  private NodeCall node(long timeoutNanos) {
    return new NodeCall(
        topology, topology.serverOf("key"), false, System.nanoTime() + timeoutNanos);
  }

  private void acquireAll() {
    for (int i = 0; i < COUNTS.blocking(); i++) {
      acquire();
    }
  }

  private void acquire() {
    assertThat(permits.tryAcquire("others", DEADLINE_NANOS)).isTrue();
  }

  /** A thread that asks just when a connection becomes free must not overtake the one in line. */
  @Test
  void s4_placesInLineAreServedInOrder() throws Exception {
    acquireAll();
    for (int round = 0; round < ROUNDS; round++) {
      Queue<String> served = new ConcurrentLinkedQueue<>();
      CompletableFuture<Boolean> waiting =
          CompletableFuture.supplyAsync(() -> serve(served, "waiting"));
      Condition.await("a call is in line", () -> permits.waiting() == 1);
      permits.release("others");
      serve(served, "newcomer");
      waiting.join();
      assertThat(served).containsExactly("waiting", "newcomer");
      acquire();
    }
  }

  @Test
  void f6_aClientThatArrivesAfterAFloodIsServedNext() {
    acquireAll();
    Queue<String> served = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<Boolean>> calls = new ArrayList<>();
    ExecutorService threads = Executors.newCachedThreadPool();
    for (int i = 0; i < FLOOD; i++) {
      String name = "attacker " + i;
      calls.add(CompletableFuture.supplyAsync(() -> serveAs("attacker", served, name), threads));
      int waiting = i + 1;
      Condition.await("in line", () -> permits.waiting() == waiting);
    }
    calls.add(
        CompletableFuture.supplyAsync(() -> serveAs("innocent", served, "innocent"), threads));
    Condition.await("in line", () -> permits.waiting() == FLOOD + 1);
    permits.release("others");
    calls.forEach(CompletableFuture::join);
    threads.shutdown();
    // One connection served all; the attacker's calls in the order of arrival.
    assertThat(served).first().isEqualTo("attacker 0");
    assertThat(served).element(1).isEqualTo("innocent");
    assertThat(served.stream().filter(name -> !name.equals("innocent")))
        .containsExactlyElementsOf(
            IntStream.range(0, FLOOD).mapToObj(i -> "attacker " + i).toList());
  }

  @Test
  void s4_anInterruptedThreadKeepsItsPlaceAndItsFlag() {
    acquireAll();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread waiting =
        new Thread(
            () -> {
              boolean acquired = permits.tryAcquire("client", DEADLINE_NANOS);
              interrupted.complete(acquired && Thread.currentThread().isInterrupted());
            });
    waiting.start();
    Condition.await("in line", () -> permits.waiting() == 1);
    waiting.interrupt();
    permits.release("others");
    assertThat(interrupted.join()).isTrue();
  }

  private boolean serve(Queue<String> served, String name) {
    return serveAs("client", served, name);
  }

  private boolean serveAs(String client, Queue<String> served, String name) {
    try {
      return connections.runBlocking(node(DEADLINE_NANOS), client, connection -> served.add(name));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void f1_f6_aCallThatGetsNoConnectionFailsIfTheServerAnswersNobody() throws Exception {
    acquireAll();
    server.admission().admit(Mode.BLOCKING, "unanswered", Long.MAX_VALUE, DEADLINE_NANOS);
    assertThatThrownBy(
            () -> connections.runBlocking(node(SHORT_NANOS), "client", connection -> true))
        .isInstanceOf(ServerStalledException.class);
    assertThat(permits.free()).isZero();
  }

  @Test
  void f6_aCallThatGetsNoConnectionIsOverloadIfTheServerAnswersOthers() throws Exception {
    acquireAll();
    for (int n = 0; n < COUNTS.blocking(); n++) {
      server.admission().admit(Mode.BLOCKING, "waiting", Long.MAX_VALUE, DEADLINE_NANOS);
    }
    CompletableFuture<Boolean> rejected =
        CompletableFuture.supplyAsync(
            () -> {
              Condition.await("a call is rejected because of overload", this::isOverload);
              return true;
            });
    while (!rejected.isDone()) {
      server
          .admission()
          .admit(Mode.BLOCKING, "other", System.nanoTime() + DEADLINE_NANOS, DEADLINE_NANOS)
          .end(true);
    }
    assertThat(rejected.join()).isTrue();
  }

  /** The thread that answers others may itself be delayed. */
  private boolean isOverload() {
    try {
      return connections.runBlocking(node(SHORT_NANOS), "client", connection -> false);
    } catch (CallRejectedException e) {
      return true;
    } catch (ServerStalledException e) {
      return false;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void s4_aFailedAttemptToConnectKeepsNoPermit() {
    topology.close();
    for (int i = 0; i < 2 * COUNTS.blocking(); i++) {
      assertThatThrownBy(
              () -> connections.runBlocking(node(DEADLINE_NANOS), "client", connection -> true))
          .isInstanceOf(Exception.class);
    }
    assertThat(permits.free()).isEqualTo(COUNTS.blocking());
  }

  @Test
  void f6_asynchronousCallsHaveConnectionsOfTheirOwn() {
    assertThat(COUNTS).isEqualTo(new ConnectionCounts(64, 40, 8, 16));
    for (int total = 3; total <= ConnectionCounts.MAX; total++) {
      ConnectionCounts counts = ConnectionCounts.of(total);
      assertThat(counts.blocking() + counts.blockingBatches() + counts.asynchronous())
          .isEqualTo(total);
      assertThat(counts.blockingBatches()).isPositive();
      assertThat(counts.asynchronous()).isPositive();
      assertThat(counts.blocking()).isGreaterThanOrEqualTo(counts.asynchronous());
    }
    assertThat(ConnectionCounts.of(1)).isEqualTo(new ConnectionCounts(1, 1, 1, 1));
  }
}
