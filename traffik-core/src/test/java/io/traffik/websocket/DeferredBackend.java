package io.traffik.websocket;

import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A backend on a stopped clock that decides immediately, and completes calls when a test asks. */
final class DeferredBackend implements Backend {

  private static final class PendingCall {
    private final CompletableFuture<List<long[]>> answers = new CompletableFuture<>();
    private final List<long[]> margins;

    PendingCall(List<long[]> margins) {
      this.margins = margins;
    }
  }

  private final InMemoryBackend memory = InMemoryBackend.builder("deferred").clock(() -> 0).build();
  private final Queue<String> uids = new ConcurrentLinkedQueue<>();
  private final Queue<PendingCall> pending = new ConcurrentLinkedQueue<>();

  /** Completes the oldest call. */
  void complete() {
    PendingCall call = pending.remove();
    call.answers.complete(call.margins);
  }

  /** Completes all calls, and those that are made meanwhile. */
  void completeAll() {
    while (!pending.isEmpty()) {
      complete();
    }
  }

  /** Fails the oldest call. */
  void fail() {
    pending.remove().answers.completeExceptionally(new BackendException("connection refused"));
  }

  /** The number of calls of a throttle so far. */
  long calls(String uid) {
    return uids.stream().filter(uid::equals).count();
  }

  /** The number of questions in each pending call. */
  List<Integer> pendingCalls() {
    return pending.stream().map(call -> call.margins.size()).toList();
  }

  @Override
  public String namespace() {
    return memory.namespace();
  }

  @Override
  public long[] decide(BackendCall call) {
    return memory.decide(call);
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    return decideAllAsync(List.of(call)).thenApply(answers -> answers.get(0));
  }

  @Override
  public CompletionStage<List<long[]>> decideAllAsync(List<BackendCall> calls) {
    calls.forEach(call -> uids.add(call.policy().uid()));
    PendingCall deferred = new PendingCall(memory.decideAll(calls));
    pending.add(deferred);
    return deferred.answers;
  }

  @Override
  public void reset() {
    memory.reset();
  }

  @Override
  public void close() {
    memory.close();
  }
}
