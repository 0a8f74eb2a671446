import org.jspecify.annotations.NullMarked;

/** Rate limiting of raw Java-WebSocket servers. */
@NullMarked
module io.traffik.javawebsocket {
  requires static org.jspecify;
  requires transitive org.java_websocket;
  requires transitive io.traffik.core;

  exports io.traffik.javawebsocket;
}
