package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A backend for one thread, in a map, with a clock that tests set. It records its calls. */
class MapBackend implements Backend {

  final List<String> calls = new ArrayList<>();
  long now;
  boolean failing;
  boolean persistent;
  boolean supportsDebt = true;
  private final Map<List<Object>, Long> fullAt = new HashMap<>();

  /** A backend that returns the same margins for every call. */
  static MapBackend returning(long... margins) {
    return new MapBackend() {
      @Override
      public long[] decide(BackendCall call) {
        return margins.clone();
      }
    };
  }

  /** A builder of a throttle on this backend. */
  final ThrottleBuilder throttle(String... rates) {
    ThrottleBuilder builder = Throttle.builder("api").backend(this);
    for (String rate : rates) {
      builder.rate(rate);
    }
    return builder;
  }

  @Override
  public String namespace() {
    return "map";
  }

  @Override
  public long[] decide(BackendCall call) {
    String argument = call.argument() == 0 ? "" : " " + call.argument();
    calls.add(
        call.operation()
            + " "
            + call.identity()
            + " "
            + call.scope()
            + " "
            + call.cost()
            + argument);
    if (failing) {
      throw new BackendException("unreachable");
    }
    int rates = call.policy().size();
    long[] margins = new long[call.operation() == Operation.SETTLE ? rates + 1 : rates];
    long[] next = new long[rates];
    boolean granted = true;
    for (int i = 0; i < rates; i++) {
      Rate rate = call.policy().rate(i);
      long debt = Math.max(0, fullAt.getOrDefault(key(call, i), now) - now);
      long later = debtAfter(call, debt, rate);
      next[i] = now + later;
      margins[i] = rate.fillNanos() - later;
      granted &= !isCancelled(call) || isLast(call, debt, rate);
      if (call.operation() == Operation.SETTLE) {
        long unpaid = call.cost() - (later - debt) / rate.nanosPerToken();
        margins[rates] = Math.max(margins[rates], unpaid);
      }
    }
    if (granted && call.operation() != Operation.PEEK && call.isGranted(margins)) {
      for (int i = 0; i < rates; i++) {
        fullAt.put(key(call, i), next[i]);
      }
    }
    return margins;
  }

  private static long debtAfter(BackendCall call, long debt, Rate rate) {
    long cost = nanosOf(call.cost(), rate);
    return switch (call.operation()) {
      case HIT, PEEK -> debt + cost;
      case REFUND -> Math.max(0, debt - cost);
      case SETTLE -> {
        long limit = Math.min(Margin.MAX_NANOS, rate.fillNanos() + nanosOf(call.argument(), rate));
        yield Math.max(debt, Math.min(debt + cost, limit));
      }
    };
  }

  private static long nanosOf(long tokens, Rate rate) {
    return Math.min(tokens, Margin.MAX_NANOS / rate.nanosPerToken()) * rate.nanosPerToken();
  }

  private static boolean isCancelled(BackendCall call) {
    return call.operation() == Operation.REFUND && call.argument() > 0;
  }

  /** The last reservation proceeds when the debt has fallen to the capacity. */
  private static boolean isLast(BackendCall call, long debt, Rate rate) {
    return debt - rate.fillNanos() - call.argument() <= rate.nanosPerToken() / 2;
  }

  private static List<Object> key(BackendCall call, int position) {
    return List.of(call.policy().uid(), call.identity(), call.scope(), position);
  }

  @Override
  public boolean supportsDebt() {
    return supportsDebt;
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    return CompletableFuture.completedFuture(decide(call));
  }

  /** Calls the default of {@link Backend#decideAsync}. */
  final CompletionStage<long[]> decideByDefault(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    return Backend.super.decideAsync(new BackendCall(operation, policy, identity, scope, cost));
  }

  @Override
  public void open() {
    calls.add("open");
  }

  @Override
  public void reset() {
    calls.add("reset");
    if (failing) {
      throw new BackendException("unreachable");
    }
    fullAt.clear();
  }

  @Override
  public void close() {
    calls.add("close");
  }

  @Override
  public boolean persistent() {
    return persistent;
  }
}
