package io.traffik.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.traffik.redis.LettuceSource.Opened;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Asks by one connection of Lettuce's, which all threads share. */
final class LettuceRunner implements ScriptRunner {

  /** How Lettuce begins to say that it has no connection. */
  private static final String REFUSAL = "Currently not connected";

  private static final int KEYS_PER_BATCH = 1_000;

  private final LettuceSource link;
  private final InFlightLimiter room = new InFlightLimiter();
  private final AtomicBoolean leaving = new AtomicBoolean();
  private final SingleFlight<Opened> connection;

  LettuceRunner(LettuceSource link) {
    this.link = link;
    this.connection =
        new SingleFlight<>(
            () ->
                CompletableFuture.supplyAsync(link.connecting(), LettuceRunner::apart)
                    .thenCompose(connected -> connected),
            Opened::close);
  }

  /** Not on a caller's thread: the first time, loading classes alone can outlast a deadline. */
  private static void apart(Runnable connecting) {
    Thread thread = new Thread(connecting, "traffik-redis-connecting");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public Object run(ScriptCall call, long nanos) throws Exception {
    long end = System.nanoTime() + nanos;
    CompletableFuture<Object> answer = begin(call, () -> System.nanoTime() - end >= 0);
    try {
      Object told = answer.get(nanos, TimeUnit.NANOSECONDS);
      ended(null);
      return told;
    } catch (TimeoutException | InterruptedException e) {
      endLater(answer);
      giveUp(answer);
      throw e;
    } catch (Exception e) {
      ended(e);
      throw e;
    }
  }

  @Override
  public CompletableFuture<Object> start(ScriptCall call, long nanos, BooleanSupplier unwanted) {
    CompletableFuture<Object> answer = begin(call, unwanted);
    endLater(answer);
    return answer;
  }

  /**
   * Lettuce keeps a command until it is answered, cancelled or not, and so it has to be counted
   * until then; a client that sends commands again does not do so with cancelled ones.
   */
  @Override
  public void giveUp(CompletableFuture<Object> started) {
    if (link.resends()) {
      started.cancel(false);
    }
  }

  private CompletableFuture<Object> begin(ScriptCall call, BooleanSupplier unwanted) {
    room.enter();
    try {
      Opened ready = connection.made();
      return ready != null ? send(ready, call) : sendOnceConnected(call, unwanted);
    } catch (Throwable t) {
      room.leave();
      throw t;
    }
  }

  private void endLater(CompletableFuture<Object> answer) {
    Stages.onEnd(answer, (value, thrown) -> ended(thrown));
  }

  private CompletableFuture<Object> sendOnceConnected(ScriptCall call, BooleanSupplier unwanted) {
    return connection
        .get()
        .thenCompose(
            now -> {
              if (unwanted.getAsBoolean()) {
                throw new CancellationException("nobody waits for it any more");
              }
              return send(now, call);
            });
  }

  private CompletableFuture<Object> send(Opened opened, ScriptCall call) {
    CompletableFuture<Object> sent = dispatch(opened.commands(), call);
    if (opened.connection() instanceof StatefulRedisClusterConnection<?, ?> cluster
        && wasRefused(sent)) {
      // Lettuce connects to each node when it is first needed, and refuses until then.
      RedisClusterNode node =
          cluster.getPartitions().getPartitionBySlot(SlotHash.getSlot(call.key()));
      if (node != null) {
        return cluster
            .getConnectionAsync(node.getUri().getHost(), node.getUri().getPort())
            .thenCompose(connected -> dispatch(opened.commands(), call));
      }
    }
    return sent;
  }

  /** Whether it certainly was not sent; after any other failure it may have been charged. */
  private static boolean wasRefused(CompletableFuture<?> sent) {
    return sent.isCompletedExceptionally()
        && ErrorTranslator.answers(sent.handle((value, thrown) -> thrown).join(), REFUSAL);
  }

  private void ended(@Nullable Throwable thrown) {
    room.leave();
    if (thrown != null && ErrorTranslator.answers(thrown, "READONLY")) {
      leaveReplica();
    }
  }

  /**
   * Leaves what was the master. A server that is demoted does not always cut its connections, and
   * Lettuce looks for the new master only when it has lost the old one.
   */
  private void leaveReplica() {
    Opened opened = connection.made();
    if (opened != null
        && !link.clustered()
        && !link.resends()
        && leaving.compareAndSet(false, true)) {
      Stages.onEnd(opened.commands().quit(), (done, thrown) -> leaving.set(false));
    }
  }

  private static CompletableFuture<Object> dispatch(
      RedisClusterAsyncCommands<String, String> commands, ScriptCall call) {
    CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.ASCII);
    arguments.add(call.isInFull() ? DecisionScript.TEXT : DecisionScript.DIGEST);
    arguments.add(1).addKey(call.key()).addValues(call.arguments());
    RedisFuture<Object> sent =
        commands.dispatch(
            call.isInFull() ? CommandType.EVAL : CommandType.EVALSHA,
            new LettuceAnswer(),
            arguments);
    return sent.toCompletableFuture();
  }

  @Override
  public String info(long nanos) throws Exception {
    long began = System.nanoTime();
    Opened now = Deadlines.await(connection.get(), nanos);
    return Deadlines.await(
        now.commands().info().toCompletableFuture(), nanos - (System.nanoTime() - began));
  }

  @Override
  public boolean isClustered() {
    return link.clustered();
  }

  @Override
  public CompletableFuture<@Nullable Void> removeAll(String prefix, long nanos) {
    CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
    ScanArgs args = ScanArgs.Builder.limit(KEYS_PER_BATCH).match(prefix + "*");
    Stages.onEnd(
        Deadlines.limit(connection.get(), nanos),
        (now, thrown) -> {
          if (thrown != null) {
            result.completeExceptionally(thrown);
          } else {
            removeFrom(now.commands(), ScanCursor.INITIAL, args, nanos, result);
          }
        });
    return result;
  }

  /** Removes what a page of keys holds, and goes on to the next. */
  private static void removeFrom(
      RedisClusterAsyncCommands<String, String> commands,
      ScanCursor cursor,
      ScanArgs args,
      long nanos,
      CompletableFuture<@Nullable Void> result) {
    Stages.onEnd(
        Deadlines.limit(commands.scan(cursor, args).toCompletableFuture(), nanos)
            .thenCompose(page -> removed(commands, page, nanos).thenApply(count -> page)),
        (page, thrown) -> {
          if (thrown != null) {
            result.completeExceptionally(thrown);
          } else if (page.isFinished()) {
            result.complete(null);
          } else {
            removeFrom(commands, page, args, nanos, result);
          }
        });
  }

  private static CompletableFuture<Long> removed(
      RedisClusterAsyncCommands<String, String> commands, KeyScanCursor<String> page, long nanos) {
    return page.getKeys().isEmpty()
        ? CompletableFuture.completedFuture(0L)
        : Deadlines.limit(
            commands.unlink(page.getKeys().toArray(new String[0])).toCompletableFuture(), nanos);
  }

  @Override
  public void close() {
    // Not at once: what a client closes when it is shut down would be closed twice.
    Stages.onEnd(connection.close(), (done, thrown) -> link.shutdown().run());
  }
}
