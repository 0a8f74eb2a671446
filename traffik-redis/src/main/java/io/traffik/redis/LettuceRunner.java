package io.traffik.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.traffik.redis.LettuceLink.Opened;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks by one connection of Lettuce's, which all threads share. Its connecting is shared, too:
 * whoever needs it waits for the attempt that is under way.
 */
final class LettuceRunner implements ScriptRunner {

  private static final int KEYS_PER_BATCH = 1_000;

  private final LettuceLink link;
  private final AtomicReference<@Nullable CompletableFuture<Opened>> attempt =
      new AtomicReference<>();
  private volatile @Nullable Opened opened;
  private volatile boolean closed;

  LettuceRunner(LettuceLink link) {
    this.link = link;
  }

  @Override
  public List<?> run(Call call, long nanos) throws Exception {
    Opened ready = opened;
    if (ready != null) {
      return Deadlines.await(send(ready.commands(), call), nanos);
    }
    long began = System.nanoTime();
    Opened now = Deadlines.await(connection().copy(), nanos);
    return Deadlines.await(send(now.commands(), call), nanos - (System.nanoTime() - began));
  }

  @Override
  public CompletableFuture<List<?>> start(Call call, BooleanSupplier unwanted) {
    Opened ready = opened;
    return ready != null
        ? send(ready.commands(), call)
        : connection()
            .thenCompose(
                now -> {
                  if (unwanted.getAsBoolean()) {
                    throw new CancellationException("nobody waits for it any more");
                  }
                  return send(now.commands(), call);
                });
  }

  private static CompletableFuture<List<?>> send(
      RedisClusterAsyncCommands<String, String> commands, Call call) {
    String[] keys = {call.key()};
    RedisFuture<List<?>> sent =
        call.isInFull()
            ? commands.eval(DecisionScript.TEXT, ScriptOutputType.MULTI, keys, call.arguments())
            : commands.evalsha(
                DecisionScript.DIGEST, ScriptOutputType.MULTI, keys, call.arguments());
    return sent.toCompletableFuture();
  }

  /** The connection, or the attempt at one that is under way, or a new attempt. */
  private CompletableFuture<Opened> connection() {
    CompletableFuture<Opened> mine = new CompletableFuture<>();
    while (true) {
      CompletableFuture<Opened> known = attempt.get();
      if (known != null) {
        return known;
      }
      if (attempt.compareAndSet(null, mine)) {
        connect(mine);
        return mine;
      }
    }
  }

  private void connect(CompletableFuture<Opened> mine) {
    try {
      Stages.onEnd(
          link.connecting().get(),
          (connected, thrown) -> {
            if (thrown != null) {
              attempt.compareAndSet(mine, null);
              mine.completeExceptionally(thrown);
            } else {
              opened = connected;
              mine.complete(connected);
              if (closed) {
                connected.close();
              }
            }
          });
    } catch (RuntimeException e) {
      attempt.compareAndSet(mine, null);
      mine.completeExceptionally(e);
    }
  }

  @Override
  public String info(long nanos) throws Exception {
    long began = System.nanoTime();
    Opened now = Deadlines.await(connection().copy(), nanos);
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
        Deadlines.limit(connection().copy(), nanos),
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
    closed = true;
    Opened now = opened;
    if (now != null) {
      now.close();
    }
    link.shutdown().run();
  }
}
