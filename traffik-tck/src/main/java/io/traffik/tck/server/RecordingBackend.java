package io.traffik.tck.server;

import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.OverloadException;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
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

  private final InMemoryBackend memory;
  private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();
  private volatile boolean failing;
  private volatile boolean overloaded;

  public RecordingBackend(String namespace, LongSupplier clock) {
    memory = InMemoryBackend.builder(namespace).clock(clock).build();
  }

  /** A backend that evicts keys beyond a bound. */
  public RecordingBackend(String namespace, LongSupplier clock, int maxKeys) {
    memory = InMemoryBackend.builder(namespace).clock(clock).maxKeys(maxKeys).build();
  }

  public void fail(boolean failing) {
    this.failing = failing;
  }

  public void overload(boolean overloaded) {
    this.overloaded = overloaded;
  }

  /** The tokens that all clients have taken from a throttle, minus refunds. */
  public long taken(String uid) {
    return entries.stream().filter(e -> e.uid.equals(uid)).mapToLong(Entry::tokens).sum();
  }

  /** The number of hits that have taken tokens of a throttle, even if they were refunded. */
  public long charges(String uid) {
    return entries.stream().filter(e -> e.uid.equals(uid) && e.tokens > 0).count();
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

  /** The scope of a throttle's last call; empty if there was none. */
  public String lastScope(String uid) {
    String last = "";
    for (Entry entry : entries) {
      last = entry.uid.equals(uid) ? entry.scope : last;
    }
    return last;
  }

  /** The number of a throttle's keys: of its clients, each in each scope. */
  public long keys(String uid) {
    return entries.stream()
        .filter(e -> e.uid.equals(uid))
        .map(e -> List.of(e.identity, e.scope))
        .distinct()
        .count();
  }

  /** The number of keys that were lost at the bound before their buckets were full. */
  public long evictions() {
    return memory.evictions();
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
  public long[] decide(BackendCall call) {
    if (failing) {
      throw new BackendException("This backend is set to fail");
    }
    if (overloaded) {
      throw new OverloadException("This backend is set to be overloaded");
    }
    long[] margins = memory.decide(call);
    long tokens =
        switch (call.operation()) {
          case HIT -> call.isGranted(margins) ? call.cost() : 0;
          case SETTLE -> call.cost();
          case REFUND -> -call.cost();
          case PEEK -> 0;
        };
    entries.add(new Entry(call.policy().uid(), call.identity(), call.scope(), tokens));
    return margins;
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    try {
      return CompletableFuture.completedFuture(decide(call));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Throws while this backend fails, like one whose store is out of reach. */
  @Override
  public void open() {
    if (failing) {
      throw new BackendException("This backend is set to fail");
    }
    memory.open();
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
