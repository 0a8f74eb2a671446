package io.traffik;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Throttles that decide about a connection together, all or nothing. If one of them denies, the
 * others take nothing.
 *
 * <p>Immutable and safe for any number of threads. No parameter may be null.
 */
public final class ThrottleGroup {

  private final List<Throttle> throttles;

  private ThrottleGroup(List<Throttle> throttles) {
    this.throttles = throttles;
  }

  /**
   * Returns a group of throttles.
   *
   * @param throttles in the order of evaluation; may be empty. A throttle that is listed twice
   *     charges once
   * @return the group
   */
  public static ThrottleGroup of(List<Throttle> throttles) {
    for (Throttle throttle : Objects.requireNonNull(throttles, "throttles must not be null")) {
      Objects.requireNonNull(throttle, "throttle must not be null");
    }
    return new ThrottleGroup(throttles.stream().distinct().toList());
  }

  /** {@return the throttles in the order of evaluation; unmodifiable} */
  public List<Throttle> throttles() {
    return throttles;
  }

  /**
   * Charges all throttles, as {@link Throttle#charge(ConnectionView)} does.
   *
   * @param view the connection
   * @return one charge per throttle, in the same order
   * @throws ConnectionThrottledException if a throttle denies, unless it has another handler. No
   *     throttle has then taken anything
   */
  public List<Charge> charge(ConnectionView view) {
    List<Charge> charges = new ArrayList<>(throttles.size());
    try {
      for (Throttle throttle : throttles) {
        charges.add(throttle.charge(view));
      }
      return charges;
    } catch (RuntimeException | Error e) {
      charges.forEach(Charge::refund);
      throw e;
    }
  }

  /**
   * As {@link #charge}, without blocking or throwing.
   *
   * @param view the connection; a listener may read it after this method returns
   * @return a stage with the charges, or failed with the exception of {@link #charge}
   */
  public CompletionStage<List<Charge>> chargeAsync(ConnectionView view) {
    return chargeFrom(0, view, new ArrayList<>(throttles.size()));
  }

  private CompletionStage<List<Charge>> chargeFrom(
      int index, ConnectionView view, List<Charge> charges) {
    if (index == throttles.size()) {
      return CompletableFuture.completedFuture(charges);
    }
    return throttles
        .get(index)
        .chargeAsync(view)
        .handle((charge, thrown) -> onCharge(index, view, charges, charge, thrown))
        .thenCompose(next -> next);
  }

  private CompletionStage<List<Charge>> onCharge(
      int index,
      ConnectionView view,
      List<Charge> charges,
      @Nullable Charge charge,
      @Nullable Throwable thrown) {
    if (charge != null) {
      charges.add(charge);
      return chargeFrom(index + 1, view, charges);
    }
    charges.forEach(Charge::refundAsync);
    return CompletableFuture.failedFuture(Futures.orUnknown(thrown));
  }

  /**
   * Charges all throttles for each of several views, in order, each as {@link #chargeAsync} does
   * alone. A group of one throttle makes one call of its backend for all views.
   *
   * @param views the connections or messages; may be empty
   * @return one stage per view, in the same order
   */
  public List<CompletionStage<List<Charge>>> chargeEachAsync(List<? extends ConnectionView> views) {
    List<CompletionStage<List<Charge>>> stages = new ArrayList<>(views.size());
    CompletionStage<?> previous = CompletableFuture.completedFuture(null);
    for (ConnectionView view : views) {
      CompletionStage<List<Charge>> stage =
          previous.handle((done, thrown) -> chargeAsync(view)).thenCompose(next -> next);
      stages.add(stage);
      previous = stage;
    }
    return stages;
  }
}
