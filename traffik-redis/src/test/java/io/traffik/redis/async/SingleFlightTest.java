package io.traffik.redis.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
        .hasCauseInstanceOf(NoClassDefFoundError.class);
    assertThat(flight.value().join()).isEqualTo("value");
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
