package io.traffik.redis.lettuce;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.protocol.CommandType;
import io.traffik.BackendException;
import io.traffik.redis.async.Deadlines;
import io.traffik.redis.async.NotConnectedException;
import io.traffik.redis.async.SingleFlight;
import io.traffik.redis.lettuce.LettuceSource.Session;
import io.traffik.redis.script.DecisionScript;
import io.traffik.redis.script.ErrorTranslator;
import io.traffik.redis.script.ScriptCall;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Sends script calls once there is a connection. While the first attempt to connect continues, a
 * call waits for it. A command that Lettuce has rejected was not sent, so it is sent later; no
 * other command is sent twice. Thread-safe.
 */
final class CommandSender {

  /** The beginning of Lettuce's message for a command that was not sent. */
  private static final String NOT_CONNECTED = "Currently not connected";

  /** A rejected command is sent again after a change of its connection, or after this time. */
  private static final long RESEND_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final LettuceSource source;
  private final SingleFlight<Session> session;
  private final NodeLinks links = new NodeLinks();

  CommandSender(LettuceSource source, SingleFlight<Session> session) {
    this.source = source;
    this.session = session;
  }

  /**
   * Sends a call and completes its result.
   *
   * @param abandoned whether the caller has abandoned the call, which is not sent then
   */
  void send(ScriptCall call, LettuceCall result, BooleanSupplier abandoned) {
    Session open = session.valueIfPresent();
    if (open != null) {
      send(open, call, result, abandoned);
    } else {
      sendOnceConnected(call, result, abandoned);
    }
  }

  private void sendOnceConnected(ScriptCall call, LettuceCall result, BooleanSupplier abandoned) {
    var unused =
        session
            .value()
            .whenComplete(
                (open, thrown) -> {
                  if (thrown != null) {
                    result.completeExceptionally(BackendException.unwrap(thrown));
                  } else if (!endIfAbandoned(result, abandoned)) {
                    send(open, call, result, abandoned);
                  }
                });
  }

  private static boolean endIfAbandoned(LettuceCall result, BooleanSupplier abandoned) {
    return abandoned.getAsBoolean()
        && result.completeExceptionally(new CancellationException("abandoned before it was sent"));
  }

  private void send(Session open, ScriptCall call, LettuceCall result, BooleanSupplier abandoned) {
    dispatch(open, call, result, () -> resendOnceConnected(open, call, result, abandoned));
  }

  /**
   * Whether Lettuce has rejected a command because there is no connection, so it was certainly not
   * sent. After any other failure it may have been charged.
   */
  static boolean wasNotSent(Throwable thrown) {
    return ErrorTranslator.isServerError(thrown, NOT_CONNECTED);
  }

  private void resendOnceConnected(
      Session open, ScriptCall call, LettuceCall result, BooleanSupplier abandoned) {
    var unused =
        monitorOf(open, call)
            .whenComplete(
                (monitor, thrown) -> {
                  if (thrown == null) {
                    resend(open, call, result, abandoned, monitor);
                  } else {
                    result.completeExceptionally(BackendException.unwrap(thrown));
                  }
                });
  }

  private CompletableFuture<ConnectionMonitor> monitorOf(Session open, ScriptCall call) {
    if (source.clustered()
        && open.connection() instanceof StatefulRedisClusterConnection<?, ?> connection) {
      @SuppressWarnings("unchecked") // Sessions have no other connections.
      var cluster = (StatefulRedisClusterConnection<String, String>) connection;
      RedisClusterNode node =
          cluster.getPartitions().getPartitionBySlot(SlotHash.getSlot(call.key()));
      if (node != null) {
        return links.of(cluster, node);
      }
    }
    return CompletableFuture.completedFuture(open.monitor());
  }

  private void resend(
      Session open,
      ScriptCall call,
      LettuceCall result,
      BooleanSupplier abandoned,
      ConnectionMonitor monitor) {
    // Before the command is sent: a later change must not be missed.
    CompletableFuture<Boolean> change = monitor.change().copy();
    Throwable failure = monitor.failure();
    if (failure != null) {
      result.completeExceptionally(new NotConnectedException(failure));
      return;
    }
    if (endIfAbandoned(result, abandoned)) {
      return;
    }
    dispatch(
        open,
        call,
        result,
        () -> {
          Deadlines.completeAfter(change, true, RESEND_NANOS);
          var unused = change.thenRun(() -> resend(open, call, result, abandoned, monitor));
        });
  }

  /**
   * Sends a command and completes the result with its outcome.
   *
   * @param resend sends it again later; called if Lettuce has not sent it
   */
  private void dispatch(Session open, ScriptCall call, LettuceCall result, Runnable resend) {
    var unused =
        dispatch(open.commands(), call, result)
            .whenComplete(
                (answer, thrown) -> {
                  if (thrown == null) {
                    result.complete(answer);
                  } else if (wasNotSent(thrown)) {
                    result.rejected();
                    resend.run();
                  } else {
                    result.completeExceptionally(thrown);
                  }
                });
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

  void close() {
    links.close();
  }
}
