import org.jspecify.annotations.NullMarked;

/** Rate limiting of Javalin applications, HTTP and WebSocket. */
@NullMarked
module io.traffik.javalin {
  requires static org.jspecify;
  requires transitive io.javalin;
  requires transitive io.traffik.core;

  exports io.traffik.javalin;
}
