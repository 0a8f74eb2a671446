package io.traffik.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.OverloadException;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Answers to throttled messages. */
final class MessageAnswerTest extends DispatcherFixture {

  @Test
  void w3_anAnswerThatThrowsDoesNotAffectOtherAnswers() {
    RecordedConnection connection =
        connect(
            WebSocketThrottling.ofMessages(chat)
                .maxPendingMessages(1)
                .answer(
                    message -> {
                      throw new IllegalStateException("broken answer");
                    }));
    for (String text : List.of("a", "b", "c")) {
      connection.receive(text);
    }
    connection.receiveEnd();
    completeAllAndRunTasks();
    assertThat(connection.log)
        .containsExactly("a", "answer error: broken answer", "answer error: broken answer", "end");
  }

  @Test
  void w3_aClientThatDoesNotReadItsAnswersIsDisconnected() {
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(chat));
    connection.unsentMessages = ThrottledMessage.MAX_UNSENT - 1;
    for (String text : List.of("a", "b", "c")) {
      connection.receive(text);
    }
    completeAllAndRunTasks();
    assertThat(connection.log).containsExactly("a", "b", DENIED);
    connection.unsentMessages = ThrottledMessage.MAX_UNSENT;
    connection.receive("d");
    completeAllAndRunTasks();
    connection.receive("e");
    assertThat(connection.log).containsExactly("a", "b", DENIED, "abort");
  }

  @Test
  void w2_anAnswerCanCloseTheConnection() {
    Map.of(1013, MessageAnswer.closeTryAgainLater(), 1008, MessageAnswer.closePolicyViolation())
        .forEach(
            (code, answer) -> {
              backend.reset();
              RecordedConnection connection =
                  connect(WebSocketThrottling.ofMessages(chat).answer(answer));
              for (String text : List.of("a", "b", "c", "d")) {
                connection.receive(text);
              }
              connection.receiveEnd();
              completeAllAndRunTasks();
              connection.receive("e");
              assertThat(backend.pendingCalls()).as("calls for messages after the close").isEmpty();
              String close = "close " + code + " Too Many Requests. Retry after 1800 seconds.";
              assertThat(connection.log).containsExactly("a", "b", close, "end");
            });
  }

  @Test
  void w2_anAnswerCanDropTheMessage() {
    RecordedConnection connection =
        connect(WebSocketThrottling.ofMessages(chat).answer(MessageAnswer.drop()));
    for (String text : List.of("a", "b", "c", "d")) {
      connection.receive(text);
    }
    completeAllAndRunTasks();
    assertThat(connection.log).containsExactly("a", "b");
  }

  @Test
  void w2_theApplicationCanAnswerItself() {
    RecordedConnection connection =
        connect(
            WebSocketThrottling.ofMessages(chat)
                .maxPendingMessages(4)
                .answer(
                    message ->
                        message.send(
                            message.view().messageSize()
                                + " "
                                + message.denial().map(d -> d.throttle().uid()).orElse("overflow")
                                + " "
                                + message.retryAfterSeconds().getAsLong())));
    for (String text : List.of("a", "b", "c", "dd", "eee")) {
      connection.receive(text);
    }
    completeAllAndRunTasks();
    assertThat(connection.log)
        .containsExactly("a", "b", "1 chat 1800", "2 chat 1800", "0 overflow 1");
  }

  @Test
  void w2_aMessageThatExceedsTheCapacityHasNoRetryAfter() {
    Throttle small = Throttle.builder("small").rate("2/h").cost(v -> v.messageSize()).build();
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(small));
    connection.receive("abc");
    completeAllAndRunTasks();
    assertThat(connection.log)
        .containsExactly(
            "{\"status\":\"error\",\"status_code\":429,\"detail\":\"Too Many Requests\"}");
  }

  @Test
  void w2_f6_overloadIsAnsweredAs503() {
    Throttle overloaded =
        Throttle.builder("chat")
            .rate("2/h")
            .backend(view -> new OverloadedBackend(backend))
            .build();
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(overloaded));
    connection.receive("abc");
    completeAllAndRunTasks();
    assertThat(connection.log)
        .containsExactly(
            "{\"status\":\"error\",\"status_code\":503,"
                + "\"detail\":\"Service Unavailable. Retry after 1 second.\",\"retry_after\":1}");
  }

  /** A backend that refuses all calls. */
  private static final class OverloadedBackend extends ForwardingBackend {

    OverloadedBackend(Backend delegate) {
      super(delegate);
    }

    @Override
    public long[] decide(BackendCall call) {
      throw new OverloadException("too many calls wait");
    }

    @Override
    public CompletionStage<long[]> decideAsync(BackendCall call) {
      return CompletableFuture.failedFuture(new OverloadException("too many calls wait"));
    }
  }

  @Test
  void w2_aDenialThrownByTheHandlerIsAnswered() {
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(chat));
    Throttle own =
        Throttle.builder("own")
            .rate("1/h")
            .backend(InMemoryBackend.builder("own").clock(() -> 0).build())
            .build();
    for (String text : List.of("a", "b")) {
      connection.receive(
          text,
          entry -> {
            own.enforce(new TestHandshake(backend));
            return entry;
          });
    }
    completeAllAndRunTasks();
    assertThat(connection.log).containsExactly("a", DENIED.replace("1800", "3600"));
  }
}
