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
 * A backend in memory that writes down what it is asked, so that a test knows what a request was
 * charged whatever its answer claims; and that fails while it is told to.
 */
public final class RecordingBackend implements Backend {

  /** One operation and the tokens that it moved: taken above zero, given back below. */
  private record Entry(String uid, String identity, String scope, long moved) {}

  private final Backend memory;
  private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();
  private volatile boolean failing;

  public RecordingBackend(String namespace, LongSupplier clock) {
    memory = InMemoryBackend.builder(namespace).clock(clock).build();
  }

  public void fail(boolean failing) {
    this.failing = failing;
  }

  /** The tokens that all clients together have taken from a throttle and not been given back. */
  public long taken(String uid) {
    return entries.stream().filter(e -> e.uid.equals(uid)).mapToLong(Entry::moved).sum();
  }

  /** The clients that a throttle has been asked about, in the order of their names. */
  public List<String> identities(String uid) {
    return entries.stream()
        .filter(e -> e.uid.equals(uid))
        .map(Entry::identity)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .toList();
  }

  /** The buckets of all clients that a throttle has been asked about, in the order of names. */
  public List<String> scopes(String uid) {
    return entries.stream()
        .filter(e -> e.uid.equals(uid))
        .map(Entry::scope)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .toList();
  }

  /** How often a throttle asked, refunds and questions alone included. */
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
      throw new BackendException("this backend fails on purpose");
    }
    long[] margins = memory.decide(operation, policy, identity, scope, cost);
    long moved =
        switch (operation) {
          case HIT -> Margin.areGranted(margins) ? cost : 0;
          case REFUND -> -cost;
          case PEEK -> 0;
        };
    entries.add(new Entry(policy.uid(), identity, scope, moved));
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
