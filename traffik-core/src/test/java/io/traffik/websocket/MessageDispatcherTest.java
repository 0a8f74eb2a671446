package io.traffik.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.traffik.ConfigurationException;
import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The order of messages, and that waiting for a decision costs nobody anything. */
final class MessageDispatcherTest {

  private static final String DENIED =
      "{\"status\":\"error\",\"status_code\":429,"
          + "\"detail\":\"Too Many Requests. Retry after 1800 seconds.\",\"retry_after\":1800}";
  private static final String NOT_ASKED =
      "{\"status\":\"error\",\"status_code\":429,"
          + "\"detail\":\"Too Many Requests. Retry after 1 seconds.\",\"retry_after\":1}";

  private final SlowBackend backend = new SlowBackend();
  private final Throttle chat = Throttle.builder("chat").rate("2/h").build();

  /** What the executor was given; a test runs it where the threads of a server would. */
  private final Queue<Runnable> tasks = new ArrayDeque<>();

  private Client client(WebSocketThrottling throttling) {
    return new Client("/chat", backend, throttling.executor(tasks::add));
  }

  private void runTasks() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  @Test
  void w3_messagesWaitForTheirDecisionAndNobodyWaitsForThem() {
    Client client = client(WebSocketThrottling.ofMessages(chat));
    client.sends("a");
    assertThat(client.log).isEmpty();
    backend.tellAll();
    assertThat(client.log).as("on the thread of the backend").isEmpty();
    runTasks();
    assertThat(client.log).containsExactly("kept a");
  }

  @Test
  void w3_whatComesOfMessagesKeepsTheirOrderWhateverThatOfTheDecisions() {
    Client client = client(WebSocketThrottling.ofMessages(chat));
    for (String text : List.of("a", "b", "c")) {
      client.sends(text);
    }
    client.leaves();
    backend.tell(2);
    backend.tell(1);
    runTasks();
    assertThat(client.log).isEmpty();
    backend.tell(0);
    runTasks();
    assertThat(client.log).containsExactly("kept a", "kept b", DENIED, "kept left");
  }

  @Test
  void w3_aDecisionThatComesAtOnceIsFollowedOnTheServersThread() {
    Client client =
        new Client(
            "/chat",
            InMemoryBackend.builder("quick").clock(() -> 0).build(),
            WebSocketThrottling.ofMessages(chat).executor(tasks::add));
    for (String text : List.of("a", "b", "c")) {
      client.sends(text);
    }
    client.leaves();
    assertThat(client.log).containsExactly("a", "b", DENIED, "left");
    assertThat(tasks).isEmpty();
  }

  @Test
  void w3_beyondTheBoundTheThrottlesAreNotAskedAndTheAnswerKeepsItsPlace() {
    Client client = client(WebSocketThrottling.ofMessages(chat).maxPendingMessages(2));
    for (String text : List.of("a", "b", "c", "d")) {
      client.sends(text);
    }
    assertThat(backend.asked()).isEqualTo(2);
    backend.tell(0);
    runTasks();
    client.sends("e");
    client.leaves();
    backend.tellAll();
    runTasks();
    assertThat(client.log)
        .containsExactly("kept a", "kept b", NOT_ASKED, NOT_ASKED, DENIED, "kept left");
  }

  @Test
  void w3_ofMessagesBeyondTheBoundOnlyTheNumberIsKept() {
    Client client =
        client(
            WebSocketThrottling.ofMessages(chat)
                .maxPendingMessages(1)
                .answer(MessageAnswer.drop()));
    AtomicInteger kept = new AtomicInteger();
    Handshake handshake = new Handshake("/chat", backend);
    InboundEvent delivery =
        new InboundEvent() {
          @Override
          public void deliver() {}

          @Override
          public void onHandlerError(Exception thrown) {}

          @Override
          public void onThrottleError(Exception thrown) {}

          @Override
          public InboundEvent detached() {
            kept.incrementAndGet();
            return this;
          }
        };
    for (int n = 0; n < 1_000_000; n++) {
      client.dispatcher.dispatch(MessageView.text(handshake, "m"), delivery);
    }
    assertThat(kept).as("one that waits, one for all the others").hasValue(2);
    assertThat(backend.asked()).isEqualTo(1);
  }

  @Test
  void w3_anAnswerThatThrowsCostsNoOtherMessageItsOwn() {
    Client client =
        client(
            WebSocketThrottling.ofMessages(chat)
                .maxPendingMessages(1)
                .answer(
                    message -> {
                      throw new IllegalStateException("broken answer");
                    }));
    for (String text : List.of("a", "b", "c")) {
      client.sends(text);
    }
    client.leaves();
    backend.tellAll();
    runTasks();
    assertThat(client.log)
        .containsExactly("kept a", "failed: broken answer", "failed: broken answer", "kept left");
  }

  @Test
  void w3_aClientThatDoesNotReadItsAnswersIsCutOff() {
    Client client = client(WebSocketThrottling.ofMessages(chat));
    client.unsent = ThrottledMessage.MAX_UNSENT - 1;
    for (String text : List.of("a", "b", "c", "d", "e")) {
      client.sends(text);
    }
    backend.tell(0);
    backend.tell(0);
    backend.tell(0);
    runTasks();
    assertThat(client.log).containsExactly("kept a", "kept b", DENIED);
    client.unsent = ThrottledMessage.MAX_UNSENT;
    backend.tellAll();
    runTasks();
    client.sends("f");
    assertThat(client.log).containsExactly("kept a", "kept b", DENIED, "abort");
  }

  @Test
  void w2_aThrottledMessageMayCloseTheConnection() {
    Map.of(1013, MessageAnswer.closeTryAgainLater(), 1008, MessageAnswer.closePolicyViolation())
        .forEach(
            (code, answer) -> {
              backend.reset();
              Client client = client(WebSocketThrottling.ofMessages(chat).answer(answer));
              for (String text : List.of("a", "b", "c", "d")) {
                client.sends(text);
              }
              client.leaves();
              backend.tellAll();
              runTasks();
              client.sends("e");
              assertThat(backend.asked()).as("about what comes too late").isZero();
              String close = "close " + code + " Too Many Requests. Retry after 1800 seconds.";
              assertThat(client.log).containsExactly("kept a", "kept b", close, "kept left");
            });
  }

  @Test
  void w2_aThrottledMessageMayBeDropped() {
    Client client = client(WebSocketThrottling.ofMessages(chat).answer(MessageAnswer.drop()));
    for (String text : List.of("a", "b", "c", "d")) {
      client.sends(text);
    }
    backend.tellAll();
    runTasks();
    assertThat(client.log).containsExactly("kept a", "kept b");
  }

  @Test
  void w2_theApplicationMayAnswerItself() {
    Client client =
        client(
            WebSocketThrottling.ofMessages(chat)
                .maxPendingMessages(4)
                .answer(
                    message ->
                        message.send(
                            message.view().messageSize()
                                + " "
                                + message.denial().map(d -> d.throttle().uid()).orElse("not asked")
                                + " "
                                + message.retryAfterSeconds().getAsLong())));
    for (String text : List.of("a", "b", "c", "dd", "eee")) {
      client.sends(text);
    }
    backend.tellAll();
    runTasks();
    assertThat(client.log)
        .containsExactly("kept a", "kept b", "1 chat 1800", "2 chat 1800", "0 not asked 1");
  }

  @Test
  void w2_whatNeverFitsHasNoTimeToRetry() {
    Throttle small = Throttle.builder("small").rate("2/h").cost(v -> v.messageSize()).build();
    Client client = client(WebSocketThrottling.ofMessages(small));
    client.sends("abc");
    backend.tellAll();
    runTasks();
    assertThat(client.log)
        .containsExactly(
            "{\"status\":\"error\",\"status_code\":429,\"detail\":\"Too Many Requests\"}");
  }

  @Test
  void w1_aMessageCostsWhatItsSizeSays() {
    Throttle bytes = Throttle.builder("bytes").rate("10/h").cost(v -> v.messageSize()).build();
    Client client = client(WebSocketThrottling.ofMessages(bytes));
    client.sends("1234");
    client.sends(ByteBuffer.allocate(16).position(10));
    client.sends("5");
    backend.tellAll();
    runTasks();
    assertThat(client.log).hasSize(3).startsWith("kept 1234", "kept binary").contains(anError());
  }

  private static String anError() {
    return "{\"status\":\"error\",\"status_code\":429,"
        + "\"detail\":\"Too Many Requests. Retry after 360 seconds.\",\"retry_after\":360}";
  }

  @Test
  void k2_eachContextIsABudgetOfItsOwn() {
    Client client =
        client(
            WebSocketThrottling.ofMessages(chat)
                .context("typing", m -> m.text() != null && m.text().startsWith("t"), chat)
                .context("never", m -> m.text() != null && m.text().startsWith("t"), chat));
    for (String text : List.of("a", "t1", "b", "t2", "c", "t3")) {
      client.sends(text);
    }
    backend.tellAll();
    runTasks();
    assertThat(client.log)
        .containsExactly("kept a", "kept t1", "kept b", "kept t2", DENIED, DENIED);
  }

  @Test
  void w1_aConnectionThatIsDeniedIsClosedAndItsMessagesAreDropped() {
    Throttle api = Throttle.builder("api").rate("1/h").build();
    WebSocketThrottling throttling = WebSocketThrottling.ofConnections(api);
    Client first = client(throttling);
    Client second = client(throttling);
    for (Client client : List.of(first, second)) {
      client.opens();
      client.sends("a");
      client.sends("b");
      client.leaves();
      backend.tellAll();
      runTasks();
    }
    assertThat(first.log).containsExactly("kept opened", "kept a", "kept b", "kept left");
    assertThat(second.log)
        .containsExactly("close 1013 Too Many Requests. Retry after 3600 seconds.", "kept left");
  }

  @Test
  void t6_whatEarlierThrottlesTookIsGivenBackIfALaterOneDenies() {
    Throttle wide = Throttle.builder("wide").rate("3/h").build();
    Client both = client(WebSocketThrottling.ofMessages(wide, wide, chat));
    for (String text : List.of("a", "b", "c", "d")) {
      both.sends(text);
      backend.tellAll();
      runTasks();
    }
    Client one = client(WebSocketThrottling.ofMessages(wide));
    one.sends("e");
    one.sends("f");
    backend.tellAll();
    runTasks();
    assertThat(both.log).containsExactly("kept a", "kept b", DENIED, DENIED);
    assertThat(one.log).hasSize(2).startsWith("kept e").doesNotContain("kept f");
  }

  @Test
  void f1_whatAThrottleCannotDecideIsToldToTheApplication() {
    Throttle strict =
        Throttle.builder("strict").rate("9/h").onBackendFailure(FailurePolicy.THROW).build();
    Client client = client(WebSocketThrottling.ofMessages(strict));
    client.sends("a");
    client.sends("b");
    backend.fail(0);
    backend.tellAll();
    runTasks();
    assertThat(client.log).containsExactly("undecided: out of reach", "kept b");
  }

  @Test
  void f1_anErrorOfAThrottleEndsNoThreadOfTheServer() {
    Throttle broken =
        Throttle.builder("broken")
            .rate("9/h")
            .cost(
                view -> {
                  throw new StackOverflowError();
                })
            .build();
    Client client = client(WebSocketThrottling.ofMessages(broken));
    client.sends("a");
    assertThat(client.log)
        .containsExactly("undecided: a throttle failed: java.lang.StackOverflowError");
  }

  @Test
  void f1_whatAContextThrowsIsToldToTheApplication() {
    Client client =
        client(
            WebSocketThrottling.ofMessages(chat)
                .context(
                    "broken",
                    message -> {
                      throw new IllegalStateException("no context");
                    },
                    chat));
    client.sends("a");
    assertThat(client.log).containsExactly("undecided: no context");
  }

  @Test
  void w3_aHandlerThatThrowsHoldsUpNoOther() {
    Client client = client(WebSocketThrottling.ofMessages(chat));
    client.sends(
        "a",
        text -> {
          throw new IllegalStateException("broken handler");
        });
    client.sends("b");
    backend.tellAll();
    runTasks();
    assertThat(client.log).containsExactly("failed: broken handler", "kept b");
  }

  @Test
  void w2_aDenialThatTheHandlerThrowsIsAnswered() {
    Client client = client(WebSocketThrottling.ofMessages(chat));
    Throttle own =
        Throttle.builder("own")
            .rate("1/h")
            .backend(InMemoryBackend.builder("own").clock(() -> 0).build())
            .build();
    for (String text : List.of("a", "b")) {
      client.sends(
          text,
          entry -> {
            own.enforce(new Handshake("/chat", backend));
            return entry;
          });
    }
    backend.tellAll();
    runTasks();
    assertThat(client.log).containsExactly("kept a", DENIED.replace("1800", "3600"));
  }

  @Test
  void w3_theEndWaitsForTheHandlerThatIsRunning() {
    InMemoryBackend quick = InMemoryBackend.builder("quick").clock(() -> 0).build();
    Client client =
        new Client("/chat", quick, WebSocketThrottling.ofMessages(chat).executor(tasks::add));
    client.sends(
        "a",
        entry -> {
          client.leaves();
          return entry;
        });
    assertThat(client.log).containsExactly("a");
    runTasks();
    assertThat(client.log).containsExactly("a", "kept left");
  }

  @Test
  void w3_anExecutorThatIsFullClosesTheConnection() {
    Client client =
        new Client(
            "/chat",
            backend,
            WebSocketThrottling.ofMessages(chat)
                .executor(
                    task -> {
                      throw new RejectedExecutionException("full");
                    }));
    client.sends("a");
    client.sends("b");
    client.leaves();
    backend.tell(0);
    assertThat(client.log)
        .containsExactly("close 1013 The server takes no messages now.", "kept left");
    backend.tellAll();
    client.sends("c");
    assertThat(client.log).hasSize(2);
  }

  @Test
  void w3_handlersOfOneConnectionRunOneAtATimeAndInOrderOnManyThreads() throws Exception {
    int messages = 5_000;
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Throttle wide = Throttle.builder("wide").rate("100000/h").build();
      Client client =
          new Client(
              "/chat",
              backend,
              WebSocketThrottling.ofMessages(wide).maxPendingMessages(messages).executor(threads));
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger together = new AtomicInteger();
      for (int n = 0; n < messages; n++) {
        client.sends(
            "" + n,
            text -> {
              if (inside.incrementAndGet() > 1) {
                together.incrementAndGet();
              }
              Thread.onSpinWait();
              inside.decrementAndGet();
              return text;
            });
        if (n % 3 == 2) {
          // Later decisions first, on another thread than the one that sends.
          CompletableFuture.runAsync(
                  () -> {
                    backend.tell(1);
                    backend.tellAll();
                  },
                  threads)
              .get();
        }
      }
      backend.tellAll();
      await().atMost(30, TimeUnit.SECONDS).until(() -> client.log.size() == messages);
      assertThat(together).hasValue(0);
      List<String> expected = new ArrayList<>();
      for (int n = 0; n < messages; n++) {
        expected.add("" + n);
      }
      assertThat(client.log.stream().map(text -> text.replace("kept ", "")))
          .containsExactlyElementsOf(expected);
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void whatIsWrongIsRefusedWhenItIsConfigured() {
    assertThatThrownBy(() -> WebSocketThrottling.ofMessages())
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("ofMessages(…) must be given at least one throttle: none");
    assertThatThrownBy(() -> WebSocketThrottling.ofMessages(chat).context("typing", m -> true))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("context(\"typing\", …) must be given at least one throttle: none");
    assertThatThrownBy(() -> WebSocketThrottling.ofMessages(chat).maxPendingMessages(0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("maxPendingMessages must be at least 1: 0");
    assertThatThrownBy(() -> WebSocketThrottling.ofMessages(chat, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("throttle must not be null");
  }
}
