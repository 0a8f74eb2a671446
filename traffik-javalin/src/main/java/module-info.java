import org.jspecify.annotations.NullMarked;

/** Rate limiting of Javalin applications, HTTP and WebSocket. */
@NullMarked
module io.traffik.javalin {
  requires static org.jspecify;
  requires transitive io.javalin;
  requires transitive io.traffik.core;
  requires org.eclipse.jetty.util;
  requires org.eclipse.jetty.websocket.common;
  requires org.eclipse.jetty.websocket.core.common;

  exports io.traffik.javalin;
}
