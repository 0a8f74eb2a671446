package io.traffik.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.FairShareLimiter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Order and bounds of the messages of one connection. */
final class MessageOrderTest extends DispatcherFixture {

  private final Throttle none = Throttle.builder("none").rate("1/h").cost(view -> 2).build();
  private final Throttle wide = Throttle.builder("wide").rate("100000/h").build();

  private RecordedConnection connectInMemory() {
    InMemoryBackend memory = InMemoryBackend.builder("memory").clock(() -> 0).build();
    return new RecordedConnection(
        new TestHandshake(memory), WebSocketThrottling.ofMessages(chat), tasks::add);
  }

  @Test
  void w3_aMessageWaitsForItsDecisionWithoutBlockingAThread() {
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(chat));
    connection.receive("a");
    assertThat(connection.log).isEmpty();
    backend.completeAll();
    assertThat(connection.log).as("on the thread that completes the decision").isEmpty();
    runTasks();
    assertThat(connection.log).containsExactly("a");
  }

  @Test
  void f6_w3_oneCallAtATimeDecidesAllWaitingMessagesInOrder() {
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(chat));
    for (String text : List.of("a", "b", "c")) {
      connection.receive(text);
    }
    connection.receiveEnd();
    assertThat(backend.pendingCalls()).containsExactly(1);
    backend.complete();
    assertThat(backend.pendingCalls()).as("on the thread that completes decisions").isEmpty();
    runTasks();
    assertThat(backend.pendingCalls()).containsExactly(2);
    assertThat(connection.log).containsExactly("a");
    completeAllAndRunTasks();
    assertThat(connection.log).containsExactly("a", "b", DENIED, "end");
  }

  @Test
  void w3_anImmediateDecisionRunsTheHandlerOnTheServersThread() {
    RecordedConnection connection = connectInMemory();
    for (String text : List.of("a", "b", "c")) {
      connection.receive(text);
    }
    connection.receiveEnd();
    assertThat(connection.log).containsExactly("a", "b", DENIED, "end");
    assertThat(tasks).isEmpty();
  }

  @Test
  void f6_w3_messagesBeyondTheBoundAreDeniedWithoutADecisionAndInOrder() {
    RecordedConnection connection =
        connect(WebSocketThrottling.ofMessages(chat).maxPendingMessages(2));
    for (String text : List.of("a", "b", "c", "d")) {
      connection.receive(text);
    }
    backend.complete();
    runTasks();
    connection.receive("e");
    connection.receiveEnd();
    completeAllAndRunTasks();
    assertThat(connection.log).containsExactly("a", "b", OVERFLOW, OVERFLOW, DENIED, "end");
  }

  @Test
  void f6_w3_messagesBeyondTheBoundAreOnlyCounted() {
    AtomicInteger answers = new AtomicInteger();
    RecordedConnection connection =
        connect(
            WebSocketThrottling.ofMessages(chat)
                .maxPendingMessages(1)
                .answer(message -> answers.incrementAndGet()));
    for (int n = 0; n < 1_000_000; n++) {
      connection.receive("m");
    }
    assertThat(backend.pendingCalls()).containsExactly(1);
    completeAllAndRunTasks();
    assertThat(connection.log).containsExactly("m");
    assertThat(answers).hasValue(999_999);
  }

  @Test
  void f6_waitingMessagesAreBoundedInBytesOverAllConnectionsAndSharedByClients() {
    WebSocketThrottling throttling = WebSocketThrottling.ofMessages(wide);
    FairShareLimiter bytes = new FairShareLimiter(10_000);
    List<RecordedConnection> connections =
        List.of("192.0.2.1", "192.0.2.1", "192.0.2.2").stream()
            .map(address -> new TestHandshake("/chat", backend, address))
            .map(handshake -> new RecordedConnection(handshake, throttling, tasks::add, bytes))
            .toList();
    for (RecordedConnection connection : connections) {
      for (int n = 0; n < 10; n++) {
        connection.receive("m".repeat(500));
      }
    }
    completeAllAndRunTasks();
    assertThat(connections.stream().map(c -> c.log.stream().filter(OVERFLOW::equals).count()))
        .as(
            "messages of 1256 bytes beyond the limit of 10000: 4 of the first client wait, 1 of the second")
        .containsExactly(6L, 10L, 8L);
    assertThat(bytes.occupied()).as("bytes that wait in the end").isZero();
  }

  @Test
  void f6_aPredicateThatFailsKeepsNoPlace() {
    FairShareLimiter bytes = new FairShareLimiter(10_000);
    WebSocketThrottling throttling =
        WebSocketThrottling.ofMessages(chat)
            .context(
                "broken",
                message -> {
                  throw new AssertionError("broken predicate");
                },
                chat);
    RecordedConnection connection =
        new RecordedConnection(new TestHandshake(backend), throttling, tasks::add, bytes);
    connection.receive("a");
    assertThat(connection.log)
        .containsExactly(
            "throttle error: A throttle failed: java.lang.AssertionError: broken predicate");
    assertThat(bytes.occupied()).isZero();
  }

  @Test
  void w3_aHandlerThatThrowsDoesNotDelayOtherMessages() {
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(chat));
    connection.receive(
        "a",
        text -> {
          throw new IllegalStateException("broken handler");
        });
    connection.receive("b");
    completeAllAndRunTasks();
    assertThat(connection.log).containsExactly("handler error: broken handler", "b");
  }

  @Test
  void w3_aSlowHandlerLeavesTheThreadToOtherConnections() {
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(wide));
    long slow = TimeUnit.MILLISECONDS.toNanos(2);
    connection.receive("first");
    for (String text : List.of("a", "b")) {
      connection.receive(
          text,
          entry -> {
            long end = System.nanoTime() + slow;
            while (System.nanoTime() - end < 0) {
              Thread.onSpinWait();
            }
            return entry;
          });
    }
    backend.complete();
    runTasks();
    backend.complete();
    tasks.remove().run();
    assertThat(connection.log).containsExactly("first", "a");
    assertThat(tasks).hasSize(1);
    runTasks();
    assertThat(connection.log).containsExactly("first", "a", "b");
  }

  @Test
  void w3_theEndWaitsForTheRunningHandler() {
    RecordedConnection connection = connectInMemory();
    connection.receive(
        "a",
        entry -> {
          connection.receiveEnd();
          return entry;
        });
    runTasks();
    assertThat(connection.log).containsExactly("a", "end");
  }

  @Test
  void w3_aFullExecutorClosesTheConnection() {
    RecordedConnection connection =
        new RecordedConnection(
            new TestHandshake(backend),
            WebSocketThrottling.ofMessages(chat),
            task -> {
              throw new RejectedExecutionException("full");
            });
    connection.receive("a");
    connection.receive("b");
    connection.receiveEnd();
    backend.completeAll();
    assertThat(connection.log).containsExactly("close 1013 The server is overloaded.", "end");
    connection.receive("c");
    assertThat(connection.log).hasSize(2);
  }

  @Test
  void t6_w3_nothingIsDecidedUntilADenialIsAnswered() {
    RecordedConnection connection =
        connect(
            WebSocketThrottling.ofMessages(wide)
                .context("none", m -> "denied".equals(m.text()), none)
                .answer(MessageAnswer.closeTryAgainLater()));
    connection.receive("denied");
    connection.receive("a");
    backend.complete();
    assertThat(tasks).hasSize(1);
    runTasks();
    assertThat(connection.log).hasSize(1).first().asString().startsWith("close 1013");
    assertThat(backend.calls("wide")).as("calls for messages after the close").isZero();
  }

  @Test
  void w3_messagesAfterACloseCostNothing() {
    Throttle sized = Throttle.builder("sized").rate("3/h").cost(v -> v.messageSize()).build();
    WebSocketThrottling throttling =
        WebSocketThrottling.ofMessages(sized).answer(MessageAnswer.closeTryAgainLater());
    RecordedConnection closed = connect(throttling);
    for (String text : List.of("a", "denied", "b", "c")) {
      closed.receive(text);
    }
    completeAllAndRunTasks();
    assertThat(closed.log).hasSize(2).startsWith("a");
    completeAllAndRunTasks();
    RecordedConnection other = connect(throttling);
    other.receive("22");
    completeAllAndRunTasks();
    assertThat(other.log).as("2 of 3 tokens remain").containsExactly("22");
  }

  @Test
  void w3_handlersOfOneConnectionRunInOrderAndOneAtATimeOnManyThreads() throws Exception {
    int messages = 5_000;
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      RecordedConnection connection =
          new RecordedConnection(
              new TestHandshake(backend),
              WebSocketThrottling.ofMessages(wide).maxPendingMessages(messages),
              threads);
      AtomicInteger running = new AtomicInteger();
      AtomicInteger overlaps = new AtomicInteger();
      for (int n = 0; n < messages; n++) {
        connection.receive(
            "" + n,
            text -> {
              if (running.incrementAndGet() > 1) {
                overlaps.incrementAndGet();
              }
              Thread.onSpinWait();
              running.decrementAndGet();
              return text;
            });
        if (n % 3 == 2) {
          CompletableFuture.runAsync(backend::completeAll, threads).get();
        }
      }
      await()
          .atMost(30, TimeUnit.SECONDS)
          .until(
              () -> {
                backend.completeAll();
                return connection.log.size() == messages;
              });
      assertThat(overlaps).hasValue(0);
      assertThat(connection.log)
          .containsExactlyElementsOf(IntStream.range(0, messages).mapToObj(n -> "" + n).toList());
    } finally {
      threads.shutdown();
    }
  }
}
