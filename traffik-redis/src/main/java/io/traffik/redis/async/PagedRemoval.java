package io.traffik.redis.async;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Removes keys page by page, so that no command delays other clients of the server for long. */
public final class PagedRemoval {

  /** The number of keys that one {@code SCAN} visits. */
  public static final int PAGE_SIZE = 1_000;

  private PagedRemoval() {}

  /**
   * Removes all pages, one after another.
   *
   * @param cursor the cursor of the first page
   * @param removePage removes the page at a cursor; completes with the next cursor, or with null
   *     after the last page
   * @return completes after the last page, or with the first failure
   */
  public static <C> CompletableFuture<@Nullable Void> start(
      C cursor, Function<C, CompletableFuture<@Nullable C>> removePage) {
    CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
    next(cursor, removePage, result);
    return result;
  }

  private static <C> void next(
      C cursor,
      Function<C, CompletableFuture<@Nullable C>> removePage,
      CompletableFuture<@Nullable Void> result) {
    try {
      var unused =
          removePage
              .apply(cursor)
              .whenComplete(
                  (next, thrown) -> {
                    if (thrown != null) {
                      result.completeExceptionally(thrown);
                    } else if (next == null) {
                      result.complete(null);
                    } else {
                      next(next, removePage, result);
                    }
                  });
    } catch (Throwable t) {
      // Errors too: in a callback they would be lost, and the result would never complete.
      result.completeExceptionally(t);
    }
  }
}
