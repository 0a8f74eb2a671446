package io.traffik.javalin;

import io.traffik.websocket.MessageChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** Answers go the way of all frames of a session: into the queue of its connection. */
final class SessionChannel implements MessageChannel {

  private final Session session;
  private final AtomicInteger unsent = new AtomicInteger();

  SessionChannel(Session session) {
    this.session = session;
  }

  @Override
  public void send(String text) {
    unsent.incrementAndGet();
    // A session that was closed meanwhile fails the callback; there is nobody to tell.
    session.sendText(
        text, Callback.from(unsent::decrementAndGet, lost -> unsent.decrementAndGet()));
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
