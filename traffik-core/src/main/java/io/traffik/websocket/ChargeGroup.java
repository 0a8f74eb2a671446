package io.traffik.websocket;

import io.traffik.Charge;
import io.traffik.ConnectionView;
import io.traffik.Throttle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Several throttles that are met in order: what one denies is charged to none. */
final class ChargeGroup {

  private final List<Throttle> throttles;
  private final ConnectionView view;

  /** Touched by one stage at a time. */
  private final List<Charge> taken = new ArrayList<>(2);

  ChargeGroup(List<Throttle> throttles, ConnectionView view) {
    this.throttles = throttles;
    this.view = view;
  }

  CompletionStage<@Nullable Void> enforce() {
    return enforce(0);
  }

  private CompletionStage<@Nullable Void> enforce(int index) {
    if (index == throttles.size()) {
      return CompletableFuture.completedFuture(null);
    }
    return throttles
        .get(index)
        .chargeAsync(view)
        .handle((charge, thrown) -> charged(index, charge, thrown))
        .thenCompose(Function.identity());
  }

  private CompletionStage<@Nullable Void> charged(
      int index, @Nullable Charge charge, @Nullable Throwable thrown) {
    if (charge != null) {
      taken.add(charge);
      return enforce(index + 1);
    }
    CompletableFuture<?>[] givenBack =
        taken.stream()
            .map(each -> each.refundAsync().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
    CompletionStage<@Nullable Void> failed =
        CompletableFuture.failedFuture(
            thrown != null ? thrown : new IllegalStateException("a charge must not be null"));
    // Not before they are there again: the answer invites the client to go on.
    return CompletableFuture.allOf(givenBack)
        .handle((done, lost) -> failed)
        .thenCompose(Function.identity());
  }
}
