package io.traffik.tck.server;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * An in-memory backend that records its calls, so that a test can compare the tokens taken with the
 * response. It can also be made to fail.
 */
public final class RecordingBackend implements Backend {

  /** A call and its tokens: above zero if taken, below zero if refunded. */
  private record Entry(String uid, String identity, String scope, long tokens) {}

  private final Backend memory;
  private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();
  private volatile boolean failing;

  public RecordingBackend(String namespace, LongSupplier clock) {
    memory = InMemoryBackend.builder(namespace).clock(clock).build();
  }

  public void fail(boolean failing) {
    this.failing = failing;
  }

  /** The tokens that all clients have taken from a throttle, minus refunds. */
  public long taken(String uid) {
    return entries.stream().filter(e -> e.uid.equals(uid)).mapToLong(Entry::tokens).sum();
  }

  /** The clients of a throttle, in alphabetical order. */
  public List<String> identities(String uid) {
    return entries.stream()
        .filter(e -> e.uid.equals(uid))
        .map(Entry::identity)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .toList();
  }

  /** The scopes of a throttle's buckets, in alphabetical order. */
  public List<String> scopes(String uid) {
    return entries.stream()
        .filter(e -> e.uid.equals(uid))
        .map(Entry::scope)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .toList();
  }

  /** The number of calls for a throttle, including peeks and refunds. */
  public long calls(String uid) {
    return entries.stream().filter(e -> e.uid.equals(uid)).count();
  }

  @Override
  public String namespace() {
    return memory.namespace();
  }

  @Override
  public long[] decide(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    if (failing) {
      throw new BackendException("This backend is set to fail");
    }
    long[] margins = memory.decide(operation, policy, identity, scope, cost);
    long tokens =
        switch (operation) {
          case HIT -> Margin.areGranted(margins) ? cost : 0;
          case REFUND -> -cost;
          case PEEK -> 0;
        };
    entries.add(new Entry(policy.uid(), identity, scope, tokens));
    return margins;
  }

  @Override
  public CompletionStage<long[]> decideAsync(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    try {
      return CompletableFuture.completedFuture(decide(operation, policy, identity, scope, cost));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void reset() {
    memory.reset();
  }

  @Override
  public void close() {
    memory.close();
  }

  @Override
  public String toString() {
    return namespace();
  }
}
