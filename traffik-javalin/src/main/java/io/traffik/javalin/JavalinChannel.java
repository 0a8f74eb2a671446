package io.traffik.javalin;

import io.traffik.websocket.MessageChannel;
import io.traffik.websocket.ThrottledMessage;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** Sends answers through the outbound queue of a Jetty session. */
final class JavalinChannel implements MessageChannel {

  private final Session session;
  private final AtomicInteger unsent = new AtomicInteger();

  JavalinChannel(Session session) {
    this.session = session;
  }

  @Override
  public void send(String text) {
    unsent.incrementAndGet();
    // If the session was closed concurrently, the callback fails and there is no recipient.
    session.sendText(
        text, Callback.from(unsent::decrementAndGet, failure -> unsent.decrementAndGet()));
  }

  /** Drops the pong if too many messages are unsent: pings may remain unanswered. */
  void sendPong(ByteBuffer payload) {
    if (unsent.incrementAndGet() <= ThrottledMessage.MAX_UNSENT) {
      session.sendPong(
          payload, Callback.from(unsent::decrementAndGet, failure -> unsent.decrementAndGet()));
    } else {
      unsent.decrementAndGet();
    }
  }

  @Override
  public void close(int code, String reason) {
    session.close(code, reason, Callback.NOOP);
  }

  @Override
  public void abort() {
    session.disconnect();
  }

  @Override
  public int unsentMessages() {
    return unsent.get();
  }
}
