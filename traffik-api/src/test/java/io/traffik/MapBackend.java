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
import org.jspecify.annotations.Nullable;

/** A backend for one thread, in a map, with a clock that tests set. It records its calls. */
class MapBackend implements Backend {

  final List<String> calls = new ArrayList<>();
  long now;
  boolean failing;
  boolean persistent;
  @Nullable Identifier identifier;
  @Nullable ThrottledHandler handler;
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
    calls.add(call.operation() + " " + call.identity() + " " + call.scope() + " " + call.cost());
    if (failing) {
      throw new BackendException("unreachable");
    }
    long[] margins = new long[call.policy().size()];
    long[] next = new long[call.policy().size()];
    for (int i = 0; i < margins.length; i++) {
      Rate rate = call.policy().rate(i);
      long base =
          Math.max(
              now, fullAt.getOrDefault(key(call.policy(), call.identity(), call.scope(), i), now));
      long costNanos = call.cost() * rate.nanosPerToken();
      next[i] =
          call.operation() == Operation.REFUND ? Math.max(now, base - costNanos) : base + costNanos;
      margins[i] = rate.fillNanos() - (next[i] - now);
    }
    if (call.operation() != Operation.PEEK && Margin.areGranted(margins)) {
      for (int i = 0; i < margins.length; i++) {
        fullAt.put(key(call.policy(), call.identity(), call.scope(), i), next[i]);
      }
    }
    return margins;
  }

  private static List<Object> key(QuotaPolicy policy, String identity, String scope, int position) {
    return List.of(policy.uid(), identity, scope, position);
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

  @Override
  public @Nullable Identifier identifier() {
    return identifier;
  }

  @Override
  public @Nullable ThrottledHandler throttledHandler() {
    return handler;
  }
}
