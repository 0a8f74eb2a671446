package io.traffik.redis.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.redis.async.AdmissionControl.CallRejectedException;
import io.traffik.redis.server.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SingleFlightTest {

  @Test
  void s4_anAttemptThatFailsIsFollowedByAnother() {
    AtomicInteger attempts = new AtomicInteger();
    SingleFlight<String> flight =
        new SingleFlight<>(
            () -> {
              if (attempts.incrementAndGet() == 1) {
                throw new NoClassDefFoundError("netty");
              }
              return CompletableFuture.completedFuture("value");
            },
            created -> CompletableFuture.completedFuture(created));
    assertThatThrownBy(() -> flight.value().join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(NotConnectedException.class)
        .hasRootCauseInstanceOf(NoClassDefFoundError.class);
    Condition.await("another attempt succeeds", () -> flight.valueIfPresent() != null);
    assertThat(flight.value().join()).isEqualTo("value");
    assertThat(flight.failure()).isNull();
  }

  @Test
  void l1_callersWaitForTheFirstAttemptAndFailAtOnceAfterIt() {
    List<CompletableFuture<String>> attempts = new CopyOnWriteArrayList<>();
    SingleFlight<String> flight =
        new SingleFlight<>(
            () -> {
              attempts.add(new CompletableFuture<>());
              return attempts.get(attempts.size() - 1);
            },
            created -> CompletableFuture.completedFuture(created));
    List<CompletableFuture<String>> waiting = List.of(flight.value(), flight.value());
    assertThat(attempts).hasSize(1);
    assertThat(waiting).noneMatch(CompletableFuture::isDone);
    attempts.get(0).completeExceptionally(new IllegalStateException("refused"));
    assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
    Condition.await("an attempt in the background", () -> attempts.size() == 2);
    // This attempt is in progress, but it is not the first.
    assertThat(flight.value()).isCompletedExceptionally();
    attempts.get(1).complete("value");
    assertThat(flight.value()).isCompletedWithValue("value");
    flight.fail(new IllegalStateException("lost"));
    assertThat(flight.value()).isCompletedExceptionally();
    Condition.await("an attempt after the loss", () -> attempts.size() == 3);
    assertThat(flight.close().toCompletableFuture()).isNotDone();
  }

  /** An executor of the application may reject one attempt while it is busy. */
  @Test
  void l1_anAttemptThatIsRejectedIsFollowedByAnother() {
    AtomicInteger attempts = new AtomicInteger();
    SingleFlight<String> flight =
        new SingleFlight<>(
            () ->
                switch (attempts.incrementAndGet()) {
                  case 1 -> CompletableFuture.failedFuture(new IllegalStateException("refused"));
                  case 2 -> CompletableFuture.failedFuture(new CallRejectedException("full", null));
                  default -> CompletableFuture.completedFuture("value");
                },
            created -> CompletableFuture.completedFuture(created));
    assertThat(flight.value()).isCompletedExceptionally();
    Condition.await("an attempt after the rejected one", () -> flight.valueIfPresent() != null);
  }

  /** A client that is shut down before it has connected would leak the threads it then starts. */
  @Test
  void l3_closeWaitsForTheAttemptInProgress() {
    CompletableFuture<String> attempt = new CompletableFuture<>();
    List<String> closed = new ArrayList<>();
    SingleFlight<String> flight =
        new SingleFlight<>(
            () -> attempt,
            created -> {
              closed.add(created);
              return CompletableFuture.completedFuture(created);
            });
    CompletableFuture<String> waiting = flight.value();
    CompletableFuture<?> closing = flight.close().toCompletableFuture();
    assertThat(closing).isNotDone();
    attempt.complete("value");
    assertThat(waiting).isCompletedWithValue("value");
    assertThat(closing).isCompleted();
    assertThat(closed).containsExactly("value");
  }

  @Test
  void l3_noAttemptStartsAfterClose() {
    SingleFlight<String> flight =
        new SingleFlight<>(
            () -> {
              throw new AssertionError("an attempt after close");
            },
            created -> CompletableFuture.completedFuture(created));
    assertThat(flight.close().toCompletableFuture()).isCompleted();
    assertThatThrownBy(() -> flight.value().join()).hasCauseInstanceOf(IllegalStateException.class);
  }
}
