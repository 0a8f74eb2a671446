package io.traffik.redis.jedis;

import io.traffik.redis.script.ScriptCall;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** A script call that is sent together with others, and its answer. */
record PipelinedCall(ScriptCall call, CompletableFuture<Object> answer) {

  static PipelinedCall of(ScriptCall call) {
    return new PipelinedCall(call, new CompletableFuture<>());
  }

  /** Completes the answer with the result or the failure of an action. */
  void complete(Callable<Object> action) {
    try {
      answer.complete(action.call());
    } catch (Exception e) {
      answer.completeExceptionally(e);
    }
  }

  /** Fails all answers that are not complete. Returns the number of calls. */
  static int failAll(List<PipelinedCall> calls, Throwable thrown) {
    calls.forEach(call -> call.answer().completeExceptionally(thrown));
    return calls.size();
  }
}
