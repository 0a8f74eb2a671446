package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of one client under one throttle, for support staff and administration.
 *
 * <pre>{@code
 * login.client(Identity.of("customer-42")).reset();
 * }</pre>
 *
 * <p>A throttle has a bucket per scope, such as a method and route. These are the buckets in every
 * scope that the throttle has used in this process, at most 1,024. Name a scope with {@link #in} if
 * this process has not used it, for example after a restart.
 *
 * <p>All operations make one or two calls of the backend, whatever the number of scopes. They
 * report a failure of the backend as a {@link BackendException}, whatever the throttle's failure
 * policy; some buckets may then be changed. The client need not be limited at the moment: switches
 * of the throttle do not matter. Immutable and safe for any number of threads.
 */
public final class ClientBuckets {

  private final DecisionPath path;
  private final ConnectionView view;
  private final List<String> scopes;

  ClientBuckets(DecisionPath path, ConnectionView view, List<String> scopes) {
    this.path = path;
    this.view = view;
    this.scopes = scopes;
  }

  /**
   * The bucket of the client in one scope only.
   *
   * @param scope the text that the throttle's {@link Scope} returns, such as {@code GET /search};
   *     empty for {@link Scope#ALL_ROUTES}; not null
   * @return the bucket
   */
  public ClientBuckets in(String scope) {
    return new ClientBuckets(path, view, List.of(scope));
  }

  /**
   * Reads the buckets and changes nothing.
   *
   * @return a decision about a hit of cost 0 for each scope, in the order of their names;
   *     unmodifiable. A bucket that owes tokens has 0 {@link Decision#remaining() remaining}, and
   *     tells in {@link Decision#resetAfter()} when it is full
   * @throws BackendException if the backend failed
   * @throws ConfigurationException if there is no backend
   */
  public Map<String, Decision> peek() {
    return Futures.join(peek(CallMode.BLOCKING));
  }

  /**
   * As {@link #peek}, without blocking or throwing.
   *
   * @return a stage with the result of {@code peek}
   */
  public CompletionStage<Map<String, Decision>> peekAsync() {
    return peek(CallMode.ASYNC);
  }

  /**
   * Fills the buckets, whatever they lack or owe. Hits that wait proceed as promised.
   *
   * @return the buckets afterwards, as {@link #peek} returns them
   * @throws BackendException if the backend failed
   * @throws ConfigurationException if there is no backend
   */
  public Map<String, Decision> reset() {
    return Futures.join(reset(CallMode.BLOCKING));
  }

  /**
   * As {@link #reset}, without blocking or throwing.
   *
   * @return a stage with the result of {@code reset}
   */
  public CompletionStage<Map<String, Decision>> resetAsync() {
    return reset(CallMode.ASYNC);
  }

  /**
   * Takes tokens from every bucket, even if they are not there. A bucket that owes denies hits
   * until it has refilled.
   *
   * @param tokens the number of tokens, at least 0
   * @return the buckets afterwards, as {@link #peek} returns them
   * @throws BackendException if the backend failed
   * @throws ConfigurationException if there is no backend, or it does not {@link
   *     Backend#supportsDebt() support debt}
   * @throws IllegalArgumentException if the number is negative
   */
  public Map<String, Decision> penalise(long tokens) {
    return Futures.join(penalise(CallMode.BLOCKING, tokens));
  }

  /**
   * As {@link #penalise}, without blocking or throwing.
   *
   * @param tokens the number of tokens, at least 0
   * @return a stage with the result of {@code penalise}
   */
  public CompletionStage<Map<String, Decision>> penaliseAsync(long tokens) {
    return penalise(CallMode.ASYNC, tokens);
  }

  private CompletionStage<Map<String, Decision>> peek(CallMode mode) {
    return execute(mode, Operation.PEEK, scope -> 0, 0);
  }

  private CompletionStage<Map<String, Decision>> penalise(CallMode mode, long tokens) {
    return execute(mode, Operation.SETTLE, scope -> tokens, path.chargeSettings().maxDebt());
  }

  private CompletionStage<Map<String, Decision>> reset(CallMode mode) {
    return Futures.then(
        peek(mode),
        before -> execute(mode, Operation.REFUND, scope -> missingTokens(before.get(scope)), 0));
  }

  private static long missingTokens(@Nullable Decision decision) {
    long missing = 0;
    for (Decision.Quota quota : decision == null ? List.<Decision.Quota>of() : decision.quotas()) {
      long perToken = quota.rate().nanosPerToken();
      long tokens = (quota.resetAfter().toNanos() + perToken - 1) / perToken;
      missing = Math.max(missing, tokens);
    }
    return missing;
  }

  private CompletionStage<Map<String, Decision>> execute(
      CallMode mode, Operation operation, ToLongFunction<String> cost, long argument) {
    try {
      QuotaPolicy policy = path.rateOf(view);
      String client = path.clientOf(view);
      if (policy.isUnlimited()
          || scopes.isEmpty()
          || ClientResolver.outcomeOf(client) != ClientResolver.LIMITED) {
        return CompletableFuture.completedFuture(Map.of());
      }
      Backend backend = path.backendOf(view);
      if (operation == Operation.SETTLE) {
        BoundCall.requireDebt(backend);
      }
      List<BackendCall> calls = new ArrayList<>(scopes.size());
      for (String scope : scopes) {
        calls.add(
            new BackendCall(operation, policy, client, scope, cost.applyAsLong(scope), argument));
      }
      return Futures.then(
          mode.decideAll(backend, calls),
          answers -> CompletableFuture.completedFuture(decisions(calls, answers)));
    } catch (Throwable t) {
      return CompletableFuture.failedFuture(t);
    }
  }

  private static Map<String, Decision> decisions(List<BackendCall> calls, List<long[]> answers) {
    Map<String, Decision> decisions = new LinkedHashMap<>();
    for (int i = 0; i < calls.size(); i++) {
      BackendCall call = calls.get(i);
      long[] margins = answers.get(i);
      long smallest = BoundCall.smallest(margins, call.policy());
      decisions.put(
          call.scope(),
          new Decision(call.policy(), call.operation(), call.cost(), 0, smallest, margins, false));
    }
    return Collections.unmodifiableMap(decisions);
  }
}
