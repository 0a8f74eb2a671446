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
                result.completing(
                    (open, thrown) -> {
                      if (thrown == null) {
                        send(open, call, result, abandoned);
                      } else {
                        result.completeExceptionally(BackendException.unwrap(thrown));
                      }
                    }));
  }

  private static boolean endIfAbandoned(LettuceCall result, BooleanSupplier abandoned) {
    return abandoned.getAsBoolean()
        && result.completeExceptionally(new CancellationException("abandoned before it was sent"));
  }

  private void send(Session open, ScriptCall call, LettuceCall result, BooleanSupplier abandoned) {
    dispatch(
        open, call, result, abandoned, () -> resendOnceConnected(open, call, result, abandoned));
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
                result.completing(
                    (monitor, thrown) -> {
                      if (thrown == null) {
                        resend(open, call, result, abandoned, monitor);
                      } else {
                        result.completeExceptionally(BackendException.unwrap(thrown));
                      }
                    }));
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
    dispatch(
        open,
        call,
        result,
        abandoned,
        () -> {
          Deadlines.completeAfter(change, true, RESEND_NANOS);
          var unused =
              change.whenComplete(
                  result.completing(
                      (changed, thrown) -> resend(open, call, result, abandoned, monitor)));
        });
  }

  /**
   * Sends a command and completes the result with its outcome.
   *
   * @param resend sends it again later; called if Lettuce has not sent it
   */
  private void dispatch(
      Session open,
      ScriptCall call,
      LettuceCall result,
      BooleanSupplier abandoned,
      Runnable resend) {
    WrittenCommand arguments = new WrittenCommand(source.answeringThreads().eventLoop());
    result.sending(arguments);
    source
        .answeringThreads()
        .execute(
            () -> {
              try {
                if (!endIfAbandoned(result, abandoned)) {
                  dispatch(open, call, arguments, result, resend);
                }
              } catch (Throwable t) {
                // Errors too: nobody else would complete the result.
                result.completeExceptionally(t);
              }
            });
  }

  private void dispatch(
      Session open,
      ScriptCall call,
      WrittenCommand arguments,
      LettuceCall result,
      Runnable resend) {
    CompletableFuture<Object> answer = start(open.commands(), call, arguments);
    result.sent(answer);
    var unused =
        answer.whenComplete(
            result.completing(
                (value, thrown) -> {
                  if (thrown == null) {
                    result.complete(value);
                  } else if (wasNotSent(thrown)) {
                    result.rejected();
                    resend.run();
                  } else {
                    result.completeExceptionally(thrown);
                  }
                }));
  }

  private CompletableFuture<Object> start(
      RedisClusterAsyncCommands<String, String> commands,
      ScriptCall call,
      WrittenCommand arguments) {
    arguments.add(call.isBySource() ? DecisionScript.TEXT : DecisionScript.DIGEST);
    arguments.add(call.keys().size()).addKeys(call.keys()).addValues(call.arguments());
    RedisFuture<Object> sent =
        commands.dispatch(
            call.isBySource() ? CommandType.EVAL : CommandType.EVALSHA,
            new ScriptOutput(source.answeringThreads()),
            arguments);
    return sent.toCompletableFuture();
  }

  void close() {
    links.close();
  }
}
