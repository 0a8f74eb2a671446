package io.traffik.javalin;

import io.javalin.http.servlet.JavalinWsServletContext;
import java.nio.ByteBuffer;
import org.eclipse.jetty.ee10.websocket.server.JettyWebSocketServletFactory;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * Passes all events to Javalin's own listener, and answers the pings that the throttles allow.
 * Jetty answers pings itself unless the listener receives them, and Javalin's listener does not.
 *
 * <p>Not for applications. It is public only because Jetty calls its methods by reflection.
 */
public final class PingListener implements Session.Listener.AutoDemanding {

  /** The path for which Javalin registers its creator of listeners. Any other path has priority. */
  private static final String JAVALINS_PATH = "/";

  private final Session.Listener.AutoDemanding javalin;
  private final JavalinWsServletContext upgrade;
  private volatile @Nullable Session session;

  private PingListener(Session.Listener.AutoDemanding javalin, JavalinWsServletContext upgrade) {
    this.javalin = javalin;
    this.upgrade = upgrade;
  }

  /** Wraps the listeners that Javalin creates. */
  static void register(JettyWebSocketServletFactory factory) {
    factory.addMapping(
        "/*",
        (request, response) -> {
          Object created = factory.getMapping(JAVALINS_PATH).createWebSocket(request, response);
          return created instanceof Session.Listener.AutoDemanding listener
                  && request.getHttpServletRequest().getAttribute(SocketView.UPGRADE)
                      instanceof JavalinWsServletContext upgrade
              ? new PingListener(listener, upgrade)
              : created;
        });
  }

  @Override
  public void onWebSocketOpen(Session opened) {
    session = opened;
    javalin.onWebSocketOpen(opened);
  }

  @Override
  public void onWebSocketPing(ByteBuffer payload) {
    Session open = session;
    SocketState state = SocketState.existing(upgrade);
    if (state != null) {
      state.answerPing(payload);
    } else if (open != null) {
      open.sendPong(payload, Callback.NOOP);
    }
  }

  @Override
  public void onWebSocketText(String message) {
    javalin.onWebSocketText(message);
  }

  @Override
  public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
    javalin.onWebSocketBinary(payload, callback);
  }

  @Override
  public void onWebSocketError(Throwable cause) {
    javalin.onWebSocketError(cause);
  }

  @Override
  public void onWebSocketClose(int statusCode, String reason, Callback callback) {
    try {
      javalin.onWebSocketClose(statusCode, reason, callback);
    } finally {
      // A close handler of the application may have thrown before those of the throttles ran.
      SocketState state = SocketState.existing(upgrade);
      if (state != null) {
        state.end();
      }
    }
  }
}
