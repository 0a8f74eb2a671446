package io.traffik.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Order and bounds of the messages of one connection. */
final class MessageOrderTest extends DispatcherFixture {

  @Test
  void w3_aMessageWaitsForItsDecisionWithoutBlockingAThread() {
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(chat));
    connection.receive("a");
    assertThat(connection.log).isEmpty();
    backend.completeAll();
    assertThat(connection.log).as("on the thread that completes the decision").isEmpty();
    runTasks();
    assertThat(connection.log).containsExactly("detached a");
  }

  @Test
  void w3_messagesKeepTheirOrderInAnyOrderOfDecisions() {
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(chat));
    for (String text : List.of("a", "b", "c")) {
      connection.receive(text);
    }
    connection.receiveEnd();
    backend.complete(2);
    backend.complete(1);
    runTasks();
    assertThat(connection.log).isEmpty();
    backend.complete(0);
    runTasks();
    assertThat(connection.log).containsExactly("detached a", "detached b", DENIED, "detached end");
  }

  @Test
  void w3_anImmediateDecisionRunsTheHandlerOnTheServersThread() {
    RecordedConnection connection =
        new RecordedConnection(
            "/chat",
            InMemoryBackend.builder("memory").clock(() -> 0).build(),
            WebSocketThrottling.ofMessages(chat).executor(tasks::add));
    for (String text : List.of("a", "b", "c")) {
      connection.receive(text);
    }
    connection.receiveEnd();
    assertThat(connection.log).containsExactly("a", "b", DENIED, "end");
    assertThat(tasks).isEmpty();
  }

  @Test
  void w3_messagesBeyondTheBoundAreThrottledWithoutADecisionAndInOrder() {
    RecordedConnection connection =
        connect(WebSocketThrottling.ofMessages(chat).maxPendingMessages(2));
    for (String text : List.of("a", "b", "c", "d")) {
      connection.receive(text);
    }
    assertThat(backend.pendingCalls()).isEqualTo(2);
    backend.complete(0);
    runTasks();
    connection.receive("e");
    connection.receiveEnd();
    completeAllAndRunTasks();
    assertThat(connection.log)
        .containsExactly("detached a", "detached b", OVERFLOW, OVERFLOW, DENIED, "detached end");
  }

  @Test
  void w3_messagesBeyondTheBoundAreOnlyCounted() {
    RecordedConnection connection =
        connect(
            WebSocketThrottling.ofMessages(chat)
                .maxPendingMessages(1)
                .answer(MessageAnswer.drop()));
    AtomicInteger detached = new AtomicInteger();
    TestHandshake handshake = new TestHandshake("/chat", backend);
    InboundEvent event =
        new InboundEvent() {
          @Override
          public void deliver() {}

          @Override
          public void onHandlerError(Exception thrown) {}

          @Override
          public void onThrottleError(Exception thrown) {}

          @Override
          public InboundEvent detached() {
            detached.incrementAndGet();
            return this;
          }
        };
    for (int n = 0; n < 1_000_000; n++) {
      connection.dispatcher.dispatch(MessageView.text(handshake, "m"), event);
    }
    assertThat(detached).as("one for the pending message, one for all others").hasValue(2);
    assertThat(backend.pendingCalls()).isEqualTo(1);
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
    assertThat(connection.log).containsExactly("handler error: broken handler", "detached b");
  }

  @Test
  void w3_theEndWaitsForTheRunningHandler() {
    InMemoryBackend memory = InMemoryBackend.builder("memory").clock(() -> 0).build();
    RecordedConnection connection =
        new RecordedConnection(
            "/chat", memory, WebSocketThrottling.ofMessages(chat).executor(tasks::add));
    connection.receive(
        "a",
        entry -> {
          connection.receiveEnd();
          return entry;
        });
    assertThat(connection.log).containsExactly("a");
    runTasks();
    assertThat(connection.log).containsExactly("a", "detached end");
  }

  @Test
  void w3_aFullExecutorClosesTheConnection() {
    RecordedConnection connection =
        new RecordedConnection(
            "/chat",
            backend,
            WebSocketThrottling.ofMessages(chat)
                .executor(
                    task -> {
                      throw new RejectedExecutionException("full");
                    }));
    connection.receive("a");
    connection.receive("b");
    connection.receiveEnd();
    backend.complete(0);
    assertThat(connection.log)
        .containsExactly("close 1013 The server is overloaded.", "detached end");
    backend.completeAll();
    connection.receive("c");
    assertThat(connection.log).hasSize(2);
  }

  @Test
  void w3_handlersOfOneConnectionRunInOrderAndOneAtATimeOnManyThreads() throws Exception {
    int messages = 5_000;
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Throttle wide = Throttle.builder("wide").rate("100000/h").build();
      RecordedConnection connection =
          new RecordedConnection(
              "/chat",
              backend,
              WebSocketThrottling.ofMessages(wide).maxPendingMessages(messages).executor(threads));
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
          // Completes later decisions first, on another thread.
          CompletableFuture.runAsync(
                  () -> {
                    backend.complete(1);
                    backend.completeAll();
                  },
                  threads)
              .get();
        }
      }
      backend.completeAll();
      await().atMost(30, TimeUnit.SECONDS).until(() -> connection.log.size() == messages);
      assertThat(overlaps).hasValue(0);
      List<String> expected = new ArrayList<>();
      for (int n = 0; n < messages; n++) {
        expected.add("" + n);
      }
      assertThat(connection.log.stream().map(text -> text.replace("detached ", "")))
          .containsExactlyElementsOf(expected);
    } finally {
      threads.shutdown();
    }
  }
}
