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
 * Sends the state of the buckets to the demo's pages after each decision and while buckets refill.
 * A separate thread does this, so no request waits for it.
 */
final class BucketFeed implements ThrottleListener {

  private static final Logger LOGGER = System.getLogger(BucketFeed.class.getName());

  private static final int PERIOD_MILLIS = 100;

  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "bucket-feed");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<String, Subscriber> subscribers = new ConcurrentHashMap<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  /** A page that displays the bucket of one client. */
  private static final class Subscriber {
    private final WsContext ctx;
    private final ConnectionView view;
    private final Throttle throttle;

    private String lastSent = "";

    /** Skips updates for a page that has not yet received the previous one. */
    private final AtomicBoolean sending = new AtomicBoolean();

    Subscriber(WsConnectContext ctx, Throttle throttle) {
      this.ctx = ctx;
      this.view = JavalinView.handshake(ctx);
      this.throttle = throttle;
    }

    void send() {
      String state = json(throttle.peek(view));
      if (!state.equals(lastSent) && sending.compareAndSet(false, true)) {
        lastSent = state;
        Runnable sent = () -> sending.set(false);
        ctx.session.sendText(state, Callback.from(sent, failure -> sent.run()));
      }
    }

    private static String json(Decision decision) {
      return String.format(
          "{\"type\":\"bucket\",\"capacity\":%d,\"remaining\":%d,\"fill_ms\":%d,\"reset_ms\":%d}",
          decision.rate().capacity(),
          decision.remaining(),
          TimeUnit.NANOSECONDS.toMillis(decision.rate().fillNanos()),
          decision.resetAfter().toMillis());
    }
  }

  void start() {
    var unused =
        scheduler.scheduleAtFixedRate(
            this::sendAll, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  void subscribe(WsConnectContext ctx, Throttle throttle) {
    subscribers.put(ctx.sessionId(), new Subscriber(ctx, throttle));
    schedule();
  }

  void unsubscribe(WsContext ctx) {
    subscribers.remove(ctx.sessionId());
  }

  @Override
  public void onDecision(ConnectionView view, Decision decision, Throttle throttle) {
    schedule();
  }

  /** Combines many decisions in a row into one update. */
  private void schedule() {
    if (!scheduler.isShutdown() && scheduled.compareAndSet(false, true)) {
      scheduler.execute(this::sendAll);
    }
  }

  private void sendAll() {
    scheduled.set(false);
    subscribers.values().forEach(BucketFeed::send);
  }

  /** A failure of one page, such as a lost connection, must not affect the others. */
  private static void send(Subscriber subscriber) {
    try {
      subscriber.send();
    } catch (RuntimeException e) {
      LOGGER.log(Level.DEBUG, "Could not send the state of a bucket to a page.", e);
    }
  }

  void stop() {
    scheduler.shutdownNow();
  }
}
