package io.traffik.examples;

import io.javalin.websocket.WsConnectContext;
import io.javalin.websocket.WsContext;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Throttle;
import io.traffik.ThrottleListener;
import io.traffik.javalin.JavalinView;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.websocket.api.Callback;

/**
 * Tells the demo's page how full the buckets are: after each decision, and while they refill. A
 * thread of its own asks and sends, so that no request waits for it.
 */
final class BucketFeed implements ThrottleListener {

  private static final Logger LOGGER = System.getLogger(BucketFeed.class.getName());

  private static final int PERIOD_MILLIS = 100;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread fresh = new Thread(task, "bucket-feed");
            fresh.setDaemon(true);
            return fresh;
          });
  private final Map<String, Watcher> watchers = new ConcurrentHashMap<>();
  private final AtomicBoolean due = new AtomicBoolean();

  /** A page that watches the bucket of one client. */
  private static final class Watcher {
    private final WsContext ctx;
    private final ConnectionView view;
    private final Throttle throttle;

    /** What the page knows already. */
    private String told = "";

    /** A page that is slow to read misses some words, and hears the next. */
    private final AtomicBoolean sending = new AtomicBoolean();

    Watcher(WsConnectContext ctx, Throttle throttle) {
      this.ctx = ctx;
      this.view = JavalinView.handshake(ctx);
      this.throttle = throttle;
    }

    void tell() {
      String news = news(throttle.peek(view));
      if (!news.equals(told) && sending.compareAndSet(false, true)) {
        told = news;
        Runnable sent = () -> sending.set(false);
        ctx.session.sendText(news, Callback.from(sent, lost -> sent.run()));
      }
    }

    private static String news(Decision now) {
      return String.format(
          "{\"type\":\"bucket\",\"capacity\":%d,\"remaining\":%d,\"fill_ms\":%d,\"reset_ms\":%d}",
          now.rate().capacity(),
          now.remaining(),
          TimeUnit.NANOSECONDS.toMillis(now.rate().fillNanos()),
          now.resetAfter().toMillis());
    }
  }

  void start() {
    var unused =
        thread.scheduleAtFixedRate(this::tell, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  void watch(WsConnectContext ctx, Throttle throttle) {
    watchers.put(ctx.sessionId(), new Watcher(ctx, throttle));
    soon();
  }

  void leave(WsContext ctx) {
    watchers.remove(ctx.sessionId());
  }

  @Override
  public void onDecision(ConnectionView view, Decision decision, Throttle throttle) {
    soon();
  }

  /** Many decisions in a row are told of once. */
  private void soon() {
    if (!thread.isShutdown() && due.compareAndSet(false, true)) {
      thread.execute(this::tell);
    }
  }

  private void tell() {
    due.set(false);
    watchers.values().forEach(BucketFeed::tell);
  }

  /** What goes wrong with one page, which may have left, must not end the telling of all. */
  private static void tell(Watcher watcher) {
    try {
      watcher.tell();
    } catch (RuntimeException e) {
      LOGGER.log(Level.DEBUG, "a page could not be told of its bucket", e);
    }
  }

  void stop() {
    thread.shutdownNow();
  }
}
