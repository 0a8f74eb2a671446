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

/** Charges several throttles in order. If one denies or fails, the earlier charges are refunded. */
final class ChargeGroup {

  private final List<Throttle> throttles;
  private final ConnectionView view;

  /** Accessed by one stage at a time. */
  private final List<Charge> charges = new ArrayList<>(2);

  ChargeGroup(List<Throttle> throttles, ConnectionView view) {
    this.throttles = throttles;
    this.view = view;
  }

  CompletionStage<@Nullable Void> enforce() {
    return enforceFrom(0);
  }

  private CompletionStage<@Nullable Void> enforceFrom(int index) {
    if (index == throttles.size()) {
      return CompletableFuture.completedFuture(null);
    }
    return throttles
        .get(index)
        .chargeAsync(view)
        .handle((charge, thrown) -> onCharge(index, charge, thrown))
        .thenCompose(Function.identity());
  }

  private CompletionStage<@Nullable Void> onCharge(
      int index, @Nullable Charge charge, @Nullable Throwable thrown) {
    if (charge != null) {
      charges.add(charge);
      return enforceFrom(index + 1);
    }
    CompletableFuture<?>[] refunds =
        charges.stream()
            .map(each -> each.refundAsync().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
    CompletionStage<@Nullable Void> failed =
        CompletableFuture.failedFuture(
            thrown != null ? thrown : new IllegalStateException("a charge must not be null"));
    // The answer invites the client to retry, so it must follow the refunds.
    return CompletableFuture.allOf(refunds)
        .handle((done, ignored) -> failed)
        .thenCompose(Function.identity());
  }
}
