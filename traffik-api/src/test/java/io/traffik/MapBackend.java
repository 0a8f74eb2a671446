package io.traffik;

import io.traffik.Backend.Operation;
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
      public long[] decide(
          Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
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
  public long[] decide(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    calls.add(operation + " " + identity + " " + scope + " " + cost);
    if (failing) {
      throw new BackendException("unreachable");
    }
    long[] margins = new long[policy.size()];
    long[] next = new long[policy.size()];
    for (int i = 0; i < margins.length; i++) {
      Rate rate = policy.rate(i);
      long base = Math.max(now, fullAt.getOrDefault(key(policy, identity, scope, i), now));
      long costNanos = cost * rate.nanosPerToken();
      next[i] = operation == Operation.REFUND ? Math.max(now, base - costNanos) : base + costNanos;
      margins[i] = rate.fillNanos() - (next[i] - now);
    }
    if (operation != Operation.PEEK && Margin.areGranted(margins)) {
      for (int i = 0; i < margins.length; i++) {
        fullAt.put(key(policy, identity, scope, i), next[i]);
      }
    }
    return margins;
  }

  private static List<Object> key(QuotaPolicy policy, String identity, String scope, int position) {
    return List.of(policy.uid(), identity, scope, position);
  }

  @Override
  public CompletionStage<long[]> decideAsync(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    return CompletableFuture.completedFuture(decide(operation, policy, identity, scope, cost));
  }

  /** Calls the default of {@link Backend#decideAsync}. */
  final CompletionStage<long[]> decideByDefault(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    return Backend.super.decideAsync(operation, policy, identity, scope, cost);
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
