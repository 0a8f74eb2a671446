package io.traffik.redis.lettuce;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.traffik.redis.async.Deadlines;
import io.traffik.redis.async.PagedRemoval;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Removes all keys with a prefix. */
final class LettuceRemoval {

  private final RedisClusterAsyncCommands<String, String> commands;
  private final ScanArgs args;
  private final long timeoutNanos;

  /**
   * @param timeoutNanos the timeout of each command
   */
  LettuceRemoval(
      RedisClusterAsyncCommands<String, String> commands, String prefix, long timeoutNanos) {
    this.commands = commands;
    this.args = ScanArgs.Builder.limit(PagedRemoval.PAGE_SIZE).match(prefix + "*");
    this.timeoutNanos = timeoutNanos;
  }

  CompletableFuture<@Nullable Void> start() {
    return PagedRemoval.start(ScanCursor.INITIAL, this::removePage);
  }

  private CompletableFuture<@Nullable ScanCursor> removePage(ScanCursor cursor) {
    CompletableFuture<KeyScanCursor<String>> scan = onNewThread(() -> commands.scan(cursor, args));
    return scan.thenCompose(page -> unlink(page.getKeys()).thenApply(count -> page))
        .thenApply(page -> page.isFinished() ? null : page);
  }

  private CompletableFuture<Long> unlink(List<String> keys) {
    return keys.isEmpty()
        ? CompletableFuture.completedFuture(0L)
        : onNewThread(() -> commands.unlink(keys.toArray(new String[0])));
  }

  /**
   * Starts a command that may concern all nodes of a cluster. Lettuce then waits until it has
   * connected to each. An event loop would wait for itself, and a caller longer than its deadline.
   */
  private <T> CompletableFuture<T> onNewThread(Supplier<? extends CompletionStage<T>> command) {
    CompletableFuture<T> answer =
        AnsweringThreads.submit(
            task -> {
              var unused = ClientThreads.start("traffik-redis-reset", task);
            },
            command);
    return Deadlines.orTimeout(answer, timeoutNanos);
  }
}
