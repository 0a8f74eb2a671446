package io.traffik;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Throttles that decide about a connection together, all or nothing. If one of them denies, the
 * others take nothing. So a client at its own limit never takes tokens from a shared one.
 *
 * <p>All throttles are evaluated before any is charged. Those that share a backend are decided by
 * one {@link Backend#decideTogether} call. If there are several backends, all are peeked at first,
 * and then charged in order. Only concurrent hits can then cause a denial, which refunds the
 * charges of the other backends.
 *
 * <p>The first throttle that denies, in the order of the group, reports the denial. If its handler
 * returns, the connection proceeds, and the other throttles are decided again without it. Listeners
 * receive the decisions of the throttles that were charged, and the denial that was reported. They
 * do not receive hits that took nothing because another throttle denied.
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
    return new ThrottleGroup(
        throttles.size() == 1 ? List.copyOf(throttles) : throttles.stream().distinct().toList());
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
    return charge(view, (throttle, decision) -> {});
  }

  /**
   * As {@link #charge(ConnectionView)}, and passes on the state of the other throttles if one
   * denies, for example for header fields.
   *
   * @param view the connection
   * @param others called before the handler of a denial, or if a backend's failure throws, for each
   *     other throttle that has a decision. Of a throttle that took nothing because of the denial,
   *     it is that of a peek
   * @return one charge per throttle, in the same order
   * @throws ConnectionThrottledException as {@link #charge(ConnectionView)}
   */
  public List<Charge> charge(
      ConnectionView view, BiConsumer<? super Throttle, ? super Decision> others) {
    Objects.requireNonNull(others, "others must not be null");
    return throttles.size() == 1
        ? List.of(throttles.get(0).charge(view))
        : Futures.join(new GroupDecision(CallMode.BLOCKING, throttles, view, others).execute());
  }

  /**
   * As {@link #charge(ConnectionView, BiConsumer)}, and returns a denial instead of throwing it.
   * Throwing an exception can take longer than the decision, so adapters call this method.
   *
   * @param view the connection
   * @param others as in {@link #charge(ConnectionView, BiConsumer)}
   * @return the charges, or the {@link ConnectionThrottledException} that {@code charge} throws
   * @throws RuntimeException any other exception of {@code charge}
   */
  public Admission admit(
      ConnectionView view, BiConsumer<? super Throttle, ? super Decision> others) {
    Objects.requireNonNull(others, "others must not be null");
    try {
      return throttles.size() == 1
          ? throttles.get(0).path.admit(view)
          : Futures.join(
              Futures.handle(
                  new GroupDecision(CallMode.BLOCKING, throttles, view, others).execute(),
                  ThrottleGroup::admission));
    } catch (ConnectionThrottledException e) {
      return Admission.denied(e);
    }
  }

  private static Admission admission(@Nullable List<Charge> charges, @Nullable Throwable thrown) {
    if (thrown instanceof ConnectionThrottledException denial) {
      return Admission.denied(denial);
    }
    if (charges == null) {
      throw Futures.unchecked(thrown);
    }
    return Admission.of(charges);
  }

  /**
   * As {@link #charge(ConnectionView)}, without blocking or throwing.
   *
   * @param view the connection; a listener may read it after this method returns
   * @return a stage with the charges, or failed with the exception of {@code charge}
   */
  public CompletionStage<List<Charge>> chargeAsync(ConnectionView view) {
    return throttles.size() == 1
        ? Futures.then(
            throttles.get(0).chargeAsync(view),
            charge -> CompletableFuture.completedFuture(List.of(charge)))
        : start(view).get();
  }

  /** Evaluates the throttles; the result decides. */
  private Supplier<CompletionStage<List<Charge>>> start(ConnectionView view) {
    try {
      GroupDecision decision =
          new GroupDecision(CallMode.ASYNC, throttles, view, (throttle, peeked) -> {});
      return decision::execute;
    } catch (Throwable t) {
      CompletionStage<List<Charge>> failed = CompletableFuture.failedFuture(t);
      return () -> failed;
    }
  }

  /**
   * Charges all throttles for each of several views, in order, each as {@link #chargeAsync} does
   * alone. All views are evaluated on the caller's thread, before any is charged. A group of one
   * throttle makes one call of its backend for all views.
   *
   * @param views the connections or messages; may be empty
   * @return one stage per view, in the same order
   */
  public List<CompletionStage<List<Charge>>> chargeEachAsync(List<? extends ConnectionView> views) {
    if (throttles.size() == 1 && views.size() > 1) {
      return ChargeBatch.start(throttles.get(0), views);
    }
    List<Supplier<CompletionStage<List<Charge>>>> evaluated = new ArrayList<>(views.size());
    for (ConnectionView view : views) {
      evaluated.add(throttles.size() == 1 ? () -> chargeAsync(view) : start(view));
    }
    List<CompletionStage<List<Charge>>> stages = new ArrayList<>(views.size());
    CompletionStage<?> previous = CompletableFuture.completedFuture(null);
    for (Supplier<CompletionStage<List<Charge>>> next : evaluated) {
      CompletionStage<List<Charge>> stage = Futures.compose(previous, (done, thrown) -> next.get());
      stages.add(stage);
      previous = stage;
    }
    return stages;
  }
}
