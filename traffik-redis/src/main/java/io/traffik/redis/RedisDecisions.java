package io.traffik.redis;

import io.traffik.Backend.Operation;
import io.traffik.redis.script.PreparedPolicies;
import io.traffik.redis.script.PreparedPolicy;
import io.traffik.redis.script.ScriptBatch;
import io.traffik.redis.script.ScriptCall;
import io.traffik.redis.script.ScriptInvoker;
import io.traffik.redis.script.ScriptRunner;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Converts calls of a backend to script calls, and their answers to margins. */
final class RedisDecisions {

  private final PreparedPolicies policies;
  private final ScriptRunner runner;
  private final ScriptInvoker invoker;

  RedisDecisions(PreparedPolicies policies, ScriptRunner runner, ScriptInvoker invoker) {
    this.policies = policies;
    this.runner = runner;
    this.invoker = invoker;
  }

  long[] decide(BackendCall call) {
    PreparedPolicy prepared = policies.of(call.policy());
    return prepared
        .answers()
        .decode(
            invoker.invoke(scriptCall(prepared, call)),
            call.operation(),
            call.cost(),
            call.argument());
  }

  long decideSingle(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long argument) {
    PreparedPolicy prepared = prepare(policy, cost);
    Object answer = invoke(prepared, operation, identity, scope, cost, argument);
    return prepared.answers().margin(answer, operation, cost);
  }

  void decideInto(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long argument,
      long[] margins) {
    PreparedPolicy prepared = prepare(policy, cost);
    Object answer = invoke(prepared, operation, identity, scope, cost, argument);
    prepared.answers().margins(answer, operation, cost, margins);
  }

  private PreparedPolicy prepare(QuotaPolicy policy, long cost) {
    if (cost < 0) {
      throw new IllegalArgumentException("cost must be at least 0: " + cost);
    }
    return policies.of(policy);
  }

  private Object invoke(
      PreparedPolicy prepared,
      Operation operation,
      String identity,
      String scope,
      long cost,
      long argument) {
    return invoker.invoke(
        ScriptCall.byDigest(
            identity,
            prepared.key(identity, scope),
            prepared.arguments(operation, cost, argument)));
  }

  private static ScriptCall scriptCall(PreparedPolicy prepared, BackendCall call) {
    return ScriptCall.byDigest(
        call.identity(),
        prepared.key(call.identity(), call.scope()),
        prepared.arguments(call.operation(), call.cost(), call.argument()));
  }

  CompletionStage<long[]> decideAsync(BackendCall call) {
    PreparedPolicy prepared = policies.of(call.policy());
    return invoker.invokeAsync(
        scriptCall(prepared, call),
        answer ->
            prepared.answers().decode(answer, call.operation(), call.cost(), call.argument()));
  }

  List<long[]> decideAll(List<BackendCall> calls) {
    if (calls.size() < 2) {
      return calls.stream().map(this::decide).toList();
    }
    ScriptBatch batch = policies.batch(calls, runner.isClustered());
    return batch.answers(invoker.invokeAll(batch.scriptCalls()));
  }

  CompletionStage<List<long[]>> decideAllAsync(List<BackendCall> calls) {
    if (calls.size() < 2) {
      return calls.isEmpty()
          ? CompletableFuture.completedFuture(List.of())
          : decideAsync(calls.get(0)).thenApply(List::of);
    }
    ScriptBatch batch = policies.batch(calls, runner.isClustered());
    return invoker.invokeAllAsync(batch.scriptCalls(), batch::answers);
  }

  /**
   * Whether one script call can decide hits all or nothing. The default method of the backend
   * decides all others: calls that it rejects; hits that can never be granted, at which it only
   * peeks; single hits; and hits on several keys of a cluster.
   */
  boolean isOneScriptCall(List<BackendCall> hits) {
    for (BackendCall hit : hits) {
      if (hit.operation() != Operation.HIT
          || hit.needsDebt()
          || hit.cost() > hit.policy().capacity()) {
        return false;
      }
    }
    return hits.size() > 1
        && (!runner.isClustered() || hits.stream().map(this::key).distinct().count() == 1);
  }

  private String key(BackendCall call) {
    return policies.of(call.policy()).key(call.identity(), call.scope());
  }

  List<long[]> decideTogether(List<BackendCall> hits) {
    ScriptBatch together = policies.together(hits);
    return together.answers(invoker.invokeAll(together.scriptCalls()));
  }

  CompletionStage<List<long[]>> decideTogetherAsync(List<BackendCall> hits) {
    ScriptBatch together = policies.together(hits);
    return invoker.invokeAllAsync(together.scriptCalls(), together::answers);
  }
}
