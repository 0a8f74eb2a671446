package io.traffik.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.ThrottleGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** An error of the process lets no message wait for ever. */
final class DispatcherErrorTest extends DispatcherFixture {

  @Test
  void f1_anExecutorThatCannotStartAThreadClosesTheConnection() {
    RecordedConnection connection =
        new RecordedConnection(
            new TestHandshake(backend),
            WebSocketThrottling.ofMessages(chat),
            task -> {
              throw new OutOfMemoryError("unable to create native thread");
            });
    connection.receive("a");
    connection.receive("b");
    connection.receiveEnd();
    backend.completeAll();
    assertThat(connection.log).containsExactly("close 1013 The server is overloaded.", "end");
  }

  @Test
  void f1_anErrorOfADecisionDecidesTheBatch() {
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(chat));
    MessageView view = MessageView.text(new TestHandshake(backend), "a");
    MessageHit hit = new MessageHit(view, ThrottleGroup.of(List.of(chat)));
    StackOverflowError error = new StackOverflowError();
    List<QueueEntry> batch =
        new ArrayList<>() {
          private static final long serialVersionUID = 1L;

          @Override
          public QueueEntry get(int index) {
            throw error;
          }
        };
    batch.add(QueueEntry.message(connection.event("a"), hit, 1));
    batch.add(QueueEntry.message(connection.event("b"), hit, 1));
    CompletionStage<?> decision = BatchDecision.decide(batch);
    assertThat(decision.toCompletableFuture()).isCompleted();
    assertThat(batch)
        .allSatisfy(
            entry -> {
              assertThat(entry.isDecided()).isTrue();
              assertThat(entry.thrown()).isSameAs(error);
            });
  }
}
