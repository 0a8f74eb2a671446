package io.traffik.redis.lettuce;

import io.lettuce.core.RedisCommandExecutionException;
import io.traffik.redis.async.AdmissionControl.AdmittedCall;
import io.traffik.redis.async.AdmissionControl.CallRejectedException;
import io.traffik.redis.async.AdmissionControl.Mode;
import io.traffik.redis.async.Deadlines;
import io.traffik.redis.async.NotConnectedException;
import io.traffik.redis.async.SingleFlight;
import io.traffik.redis.lettuce.LettuceSource.Session;
import io.traffik.redis.script.ErrorTranslator;
import io.traffik.redis.script.ScriptCall;
import io.traffik.redis.script.ScriptRunner;
import io.traffik.spi.DaemonTimer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Runs the script over one Lettuce connection that all threads share. */
public final class LettuceRunner implements ScriptRunner {

  private static final long MAX_PREPARATION_SECONDS = 10;

  /** The longest time that {@link #close} waits. */
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(4);

  private static final long CLOSE_CONNECTION_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long QUIT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final LettuceSource source;
  private final NodeAdmissions admissions = new NodeAdmissions();
  private final CountDownLatch prepared = new CountDownLatch(1);
  private final ReplicaBackoff replica = new ReplicaBackoff();
  private final SingleFlight<Session> session;
  private final CommandSender sender;
  private volatile @Nullable Thread connecting;

  public LettuceRunner(LettuceSource source) {
    this.source = source;
    this.session =
        new SingleFlight<>(
            () ->
                CompletableFuture.supplyAsync(this::prepare, this::executeOnNewThread)
                    .thenCompose(connecting -> connecting),
            Session::close);
    this.sender = new CommandSender(source, session);
  }

  private CompletionStage<Session> prepare() {
    try {
      return source.connect().get();
    } finally {
      prepared.countDown();
    }
  }

  /** Waits until the classes of Lettuce are loaded, and then for the first attempt. */
  @Override
  public void connect(long timeoutNanos) {
    CompletableFuture<Session> first = session.attempt();
    if (source.mayResend()) {
      // A client of the user may wait for the server without a limit.
      return;
    }
    try {
      if (prepared.await(MAX_PREPARATION_SECONDS, TimeUnit.SECONDS)) {
        var unused = first.get(timeoutNanos, TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // Calls report it.
    }
  }

  /** Not on a caller's thread: class loading may take long, and so may a client of the user. */
  private void executeOnNewThread(Runnable task) {
    connecting = ClientThreads.start("traffik-redis-connecting", task);
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
    } catch (TimeoutException | CallRejectedException | NotConnectedException e) {
      endOnCompletion(future, admitted);
      abandon(future);
      throw e;
    } catch (Throwable t) {
      end(admitted, t);
      throw t;
    }
  }

  private static Object await(LettuceCall future, long timeoutNanos) throws Exception {
    try {
      return Deadlines.awaitUninterruptibly(future, timeoutNanos);
    } catch (TimeoutException e) {
      CompletableFuture<Exception> failure = future.expire(timeoutNanos);
      var unused =
          Deadlines.awaitUninterruptibly(
              CompletableFuture.anyOf(future, failure), Long.MAX_VALUE / 2);
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
      sender.send(call, result, abandoned);
      return result;
    } catch (Throwable t) {
      admitted.end(false);
      throw t;
    }
  }

  private void endOnCompletion(CompletableFuture<Object> future, AdmittedCall admitted) {
    var unused = future.whenComplete((answer, thrown) -> end(admitted, thrown));
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
   * Closes a connection of the backend to a former master. A demoted server may keep its
   * connections open. Lettuce looks for the new master only after a lost connection.
   */
  private void leaveReplica() {
    Session open = session.valueIfPresent();
    if (open == null || !open.owned() || source.clustered()) {
      return;
    }
    long pauseNanos = replica.begin(System.nanoTime());
    if (pauseNanos == 0) {
      quit(open);
    } else if (pauseNanos > 0) {
      var unused = DaemonTimer.schedule(pauseNanos, () -> quit(open));
    }
  }

  private void quit(Session open) {
    var unused =
        Deadlines.orTimeout(
                source.answeringThreads().submit(open.commands()::quit), QUIT_TIMEOUT_NANOS)
            .whenComplete((done, thrown) -> replica.end(System.nanoTime()));
  }

  @Override
  public String info(long timeoutNanos) throws Exception {
    long deadline = System.nanoTime() + timeoutNanos;
    Session open = Deadlines.await(session.attempt(), timeoutNanos);
    while (true) {
      CompletableFuture<Boolean> change = open.monitor().change();
      try {
        return Deadlines.await(
            source.answeringThreads().submit(() -> open.commands().info()),
            deadline - System.nanoTime());
      } catch (ExecutionException e) {
        if (!CommandSender.wasNotSent(e)) {
          throw e;
        }
      }
      // Not the failure of an earlier attempt: that of the next one.
      var unused = Deadlines.await(change.copy(), deadline - System.nanoTime());
      Throwable failure = open.monitor().failure();
      if (failure != null) {
        throw new NotConnectedException(failure);
      }
    }
  }

  @Override
  public boolean isClustered() {
    return source.clustered();
  }

  @Override
  public CompletableFuture<@Nullable Void> removeAll(String prefix, long timeoutNanos) {
    return Deadlines.orTimeout(session.attempt(), timeoutNanos)
        .thenCompose(open -> new LettuceRemoval(open.commands(), prefix, timeoutNanos).start());
  }

  @Override
  public void close() {
    if (answersOnCurrentThread()) {
      // This thread ends with the client, and must not wait for itself.
      var unused = ClientThreads.start("traffik-redis-closing", this::closeAndWait);
    } else {
      closeAndWait();
    }
  }

  private void closeAndWait() {
    long deadline = System.nanoTime() + CLOSE_NANOS;
    sender.close();
    try {
      try {
        // Before the client, which would close the connection a second time.
        Deadlines.awaitEnd(
            session.close().toCompletableFuture(),
            Math.min(deadline, System.nanoTime() + CLOSE_CONNECTION_NANOS));
      } finally {
        source.shutdown().accept(deadline);
      }
      Thread thread = connecting;
      if (thread != null) {
        TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
