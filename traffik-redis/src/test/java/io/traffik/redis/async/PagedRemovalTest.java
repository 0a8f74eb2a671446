package io.traffik.redis.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Errors while a page is removed. */
final class PagedRemovalTest {

  @Test
  void s4_anErrorAtALaterPageEndsTheRemoval() {
    CompletableFuture<Integer> first = new CompletableFuture<>();
    CompletableFuture<Void> removal =
        PagedRemoval.start(
            0,
            page -> {
              if (page == 0) {
                return first;
              }
              throw new NoSuchMethodError("second page");
            });
    first.complete(1);
    assertThat(removal)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(NoSuchMethodError.class);
  }
}
