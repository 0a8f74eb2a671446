package io.traffik.redis.lettuce;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.protocol.CommandType;
import io.traffik.redis.async.AdmissionControl.AdmittedCall;
import io.traffik.redis.async.AdmissionControl.CallRejectedException;
import io.traffik.redis.async.AdmissionControl.Mode;
import io.traffik.redis.async.Deadlines;
import io.traffik.redis.async.PagedRemoval;
import io.traffik.redis.async.SingleFlight;
import io.traffik.redis.lettuce.LettuceSource.Session;
import io.traffik.redis.script.DecisionScript;
import io.traffik.redis.script.ErrorTranslator;
import io.traffik.redis.script.ScriptCall;
import io.traffik.redis.script.ScriptRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Runs the script over one Lettuce connection that all threads share. */
public final class LettuceRunner implements ScriptRunner {

  /** The beginning of Lettuce's message for a command that was not sent. */
  private static final String NOT_CONNECTED = "Currently not connected";

  private final LettuceSource source;
  private final NodeAdmissions admissions = new NodeAdmissions();
  private final AtomicBoolean leavingReplica = new AtomicBoolean();
  private final SingleFlight<Session> session;

  public LettuceRunner(LettuceSource source) {
    this.source = source;
    this.session =
        new SingleFlight<>(
            () ->
                CompletableFuture.supplyAsync(source.connect(), LettuceRunner::executeOnNewThread)
                    .thenCompose(connecting -> connecting),
            Session::close);
  }

  /** Not on a caller's thread: on first use, class loading alone can exceed a deadline. */
  private static void executeOnNewThread(Runnable task) {
    Thread thread = new Thread(task, "traffik-redis-connecting");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public Object run(ScriptCall call, long timeoutNanos) throws Exception {
    long deadline = System.nanoTime() + timeoutNanos;
    AdmittedCall admitted =
        admissions
            .of(session.valueIfPresent(), call)
            .admit(Mode.BLOCKING, call.client(), deadline, timeoutNanos);
    LettuceCall future = begin(call, admitted, () -> System.nanoTime() - deadline >= 0);
    try {
      Object answer = await(future, timeoutNanos);
      end(admitted, null);
      return answer;
    } catch (TimeoutException | CallRejectedException | InterruptedException e) {
      endOnCompletion(future, admitted);
      abandon(future);
      throw e;
    } catch (Exception e) {
      end(admitted, e);
      throw e;
    }
  }

  private static Object await(LettuceCall future, long timeoutNanos) throws Exception {
    try {
      return future.get(timeoutNanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      CompletableFuture<Exception> failure = future.expire(timeoutNanos);
      CompletableFuture.anyOf(future, failure).get();
      if (future.isDone()) {
        return future.get();
      }
      throw failure.get();
    }
  }

  @Override
  public CompletableFuture<Object> start(
      ScriptCall call, long timeoutNanos, BooleanSupplier abandoned) {
    try {
      long deadline = System.nanoTime() + timeoutNanos;
      AdmittedCall admitted =
          admissions
              .of(session.valueIfPresent(), call)
              .admit(Mode.ASYNCHRONOUS, call.client(), deadline, timeoutNanos);
      return start(call, admitted, abandoned);
    } catch (TimeoutException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Lettuce sends the calls to each server together by itself. */
  @Override
  public List<CompletableFuture<Object>> startAll(
      List<ScriptCall> calls, Mode mode, long timeoutNanos, BooleanSupplier abandoned) {
    List<AdmittedCall> admitted;
    try {
      admitted = admissions.admitAll(session.valueIfPresent(), calls, mode, timeoutNanos);
    } catch (TimeoutException | RuntimeException e) {
      return calls.stream().map(call -> CompletableFuture.failedFuture(e)).toList();
    }
    List<CompletableFuture<Object>> started = new ArrayList<>(calls.size());
    try {
      for (int i = 0; i < calls.size(); i++) {
        started.add(start(calls.get(i), admitted.get(i), abandoned));
      }
    } finally {
      // After an error, the others are not sent.
      admitted.subList(started.size(), admitted.size()).forEach(call -> call.end(false));
    }
    return started;
  }

  private CompletableFuture<Object> start(
      ScriptCall call, AdmittedCall admitted, BooleanSupplier abandoned) {
    try {
      LettuceCall future = begin(call, admitted, abandoned);
      endOnCompletion(future, admitted);
      return future;
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Cancels the command if the client may send it again, which it does not do with cancelled
   * commands. Otherwise the command stays in flight, because Lettuce keeps it until it is answered.
   */
  @Override
  public void abandon(CompletableFuture<Object> started) {
    if (source.mayResend()) {
      ((LettuceCall) started).cancelCommand();
    }
  }

  @Override
  public CompletableFuture<Exception> expire(CompletableFuture<Object> started, long timeoutNanos) {
    return started instanceof LettuceCall call
        ? call.expire(timeoutNanos)
        : ScriptRunner.super.expire(started, timeoutNanos);
  }

  @Override
  public boolean answersOnCurrentThread() {
    return source.answeringThreads().containsCurrent();
  }

  private LettuceCall begin(ScriptCall call, AdmittedCall admitted, BooleanSupplier abandoned) {
    LettuceCall result = new LettuceCall(admitted);
    try {
      Session open = session.valueIfPresent();
      result.completeWith(
          open != null ? send(open, call, result) : sendOnceConnected(call, result, abandoned));
      return result;
    } catch (Throwable t) {
      admitted.end(false);
      throw t;
    }
  }

  private void endOnCompletion(CompletableFuture<Object> future, AdmittedCall admitted) {
    var unused = future.whenComplete((answer, thrown) -> end(admitted, thrown));
  }

  private CompletableFuture<Object> sendOnceConnected(
      ScriptCall call, LettuceCall result, BooleanSupplier abandoned) {
    return session
        .value()
        .thenCompose(
            open -> {
              if (abandoned.getAsBoolean()) {
                throw new CancellationException("abandoned before it was sent");
              }
              return send(open, call, result);
            });
  }

  private CompletableFuture<Object> send(Session open, ScriptCall call, LettuceCall result) {
    CompletableFuture<Object> sent = dispatch(open.commands(), call, result);
    if (open.connection() instanceof StatefulRedisClusterConnection<?, ?> cluster
        && wasNotSent(sent)) {
      // Lettuce connects to a node on first use, and rejects commands until then.
      RedisClusterNode node =
          cluster.getPartitions().getPartitionBySlot(SlotHash.getSlot(call.key()));
      if (node != null) {
        return cluster
            .getConnectionAsync(node.getUri().getHost(), node.getUri().getPort())
            .thenCompose(connected -> dispatch(open.commands(), call, result));
      }
    }
    return sent;
  }

  /** Whether a command was certainly not sent. After any other failure it may have been charged. */
  private static boolean wasNotSent(CompletableFuture<?> sent) {
    return sent.isCompletedExceptionally()
        && ErrorTranslator.isServerError(
            sent.handle((answer, thrown) -> thrown).join(), NOT_CONNECTED);
  }

  private void end(AdmittedCall admitted, @Nullable Throwable thrown) {
    admitted.end(
        thrown == null
            || ErrorTranslator.hasCause(thrown, t -> t instanceof RedisCommandExecutionException));
    if (thrown != null && ErrorTranslator.isServerError(thrown, "READONLY")) {
      leaveReplica();
    }
  }

  /**
   * Closes the connection to a former master. A demoted server may keep its connections open.
   * Lettuce looks for the new master only after a lost connection.
   */
  private void leaveReplica() {
    Session open = session.valueIfPresent();
    if (open != null
        && !source.clustered()
        && !source.mayResend()
        && leavingReplica.compareAndSet(false, true)) {
      var unused = open.commands().quit().whenComplete((done, thrown) -> leavingReplica.set(false));
    }
  }

  private CompletableFuture<Object> dispatch(
      RedisClusterAsyncCommands<String, String> commands, ScriptCall call, LettuceCall result) {
    WrittenCommand arguments = new WrittenCommand();
    arguments.add(call.isBySource() ? DecisionScript.TEXT : DecisionScript.DIGEST);
    arguments.add(call.keys().size()).addKeys(call.keys()).addValues(call.arguments());
    RedisFuture<Object> sent =
        commands.dispatch(
            call.isBySource() ? CommandType.EVAL : CommandType.EVALSHA,
            new ScriptOutput(source.answeringThreads()),
            arguments);
    CompletableFuture<Object> answer = sent.toCompletableFuture();
    result.sending(arguments, answer);
    return answer;
  }

  @Override
  public String info(long timeoutNanos) throws Exception {
    long start = System.nanoTime();
    Session open = Deadlines.await(session.value(), timeoutNanos);
    return Deadlines.await(
        open.commands().info().toCompletableFuture(), timeoutNanos - (System.nanoTime() - start));
  }

  @Override
  public boolean isClustered() {
    return source.clustered();
  }

  @Override
  public CompletableFuture<@Nullable Void> removeAll(String prefix, long timeoutNanos) {
    ScanArgs args = ScanArgs.Builder.limit(PagedRemoval.PAGE_SIZE).match(prefix + "*");
    return Deadlines.orTimeout(session.value(), timeoutNanos)
        .thenCompose(
            open ->
                PagedRemoval.start(
                    ScanCursor.INITIAL,
                    cursor -> removePage(open.commands(), cursor, args, timeoutNanos)));
  }

  private static CompletableFuture<@Nullable ScanCursor> removePage(
      RedisClusterAsyncCommands<String, String> commands,
      ScanCursor cursor,
      ScanArgs args,
      long timeoutNanos) {
    return Deadlines.orTimeout(commands.scan(cursor, args).toCompletableFuture(), timeoutNanos)
        .thenCompose(
            page -> unlink(commands, page.getKeys(), timeoutNanos).thenApply(count -> page))
        .thenApply(page -> page.isFinished() ? null : page);
  }

  private static CompletableFuture<Long> unlink(
      RedisClusterAsyncCommands<String, String> commands, List<String> keys, long timeoutNanos) {
    return keys.isEmpty()
        ? CompletableFuture.completedFuture(0L)
        : Deadlines.orTimeout(
            commands.unlink(keys.toArray(new String[0])).toCompletableFuture(), timeoutNanos);
  }

  @Override
  public void close() {
    // After the connection: a client that is shut down would close it a second time.
    var unused = session.close().whenComplete((done, thrown) -> source.shutdown().run());
  }
}
