package io.traffik.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.ThrottleGroup;
import io.traffik.memory.InMemoryBackend;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The turns and batches of a queue, in an order of calls that threads may produce. */
final class MessageQueueTest {

  private static final InboundEvent EVENT =
      new InboundEvent() {
        @Override
        public void deliver() {}

        @Override
        public void onHandlerError(Exception thrown) {}

        @Override
        public void onThrottleError(Exception thrown) {}
      };

  private final InMemoryBackend backend = InMemoryBackend.builder("memory").clock(() -> 0).build();
  private final Throttle none =
      Throttle.builder("none").rate("1/h").cost(view -> 2).backend(backend).build();
  private final ThrottleGroup throttles = ThrottleGroup.of(List.of(none));
  private final TestHandshake handshake = new TestHandshake(backend);
  private final MessageQueue queue = new MessageQueue();

  private QueueEntry add() {
    QueueEntry entry = QueueEntry.opening(EVENT, new MessageHit(handshake, throttles));
    queue.add(entry);
    return entry;
  }

  private void deny(QueueEntry entry) {
    entry.decide(
        null,
        catchThrowableOfType(ConnectionThrottledException.class, () -> none.enforce(handshake)));
  }

  @Test
  void t6_w3_aDenialStopsDecisionsUntilItIsDelivered() {
    QueueEntry denied = add();
    List<QueueEntry> batch = queue.claimBatch();
    deny(denied);
    queue.endBatch(batch);
    QueueEntry next = add();
    assertThat(queue.claimBatch()).isEmpty();
    assertThat(queue.claimTurn()).isTrue();
    assertThat(queue.poll()).isSameAs(denied);
    assertThat(queue.endDelivery(denied)).isTrue();
    assertThat(queue.claimBatch()).containsExactly(next);
  }

  @Test
  void w3_aDenialThatIsDeliveredBeforeItsBatchEndsStopsNothing() {
    QueueEntry denied = add();
    List<QueueEntry> batch = queue.claimBatch();
    deny(denied);
    assertThat(queue.claimTurn()).isTrue();
    assertThat(queue.poll()).isSameAs(denied);
    assertThat(queue.endDelivery(denied)).isFalse();
    queue.endBatch(batch);
    QueueEntry next = add();
    assertThat(queue.claimBatch()).containsExactly(next);
  }
}
