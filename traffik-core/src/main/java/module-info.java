import org.jspecify.annotations.NullMarked;

/**
 * Token-bucket arithmetic, the in-memory backend, the base of backends over other stores, deadlines
 * for stores that hang, and what HTTP and WebSocket adapters share.
 */
@NullMarked
module io.traffik.core {
  requires static org.jspecify;
  requires transitive io.traffik;

  exports io.traffik.bucket;
  exports io.traffik.http;
  exports io.traffik.memory;
  exports io.traffik.resilience;
  exports io.traffik.store;
  exports io.traffik.websocket;
}
