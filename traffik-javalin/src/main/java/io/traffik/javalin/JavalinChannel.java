package io.traffik.javalin;

import io.traffik.websocket.MessageChannel;
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
