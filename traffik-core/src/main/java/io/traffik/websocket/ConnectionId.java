package io.traffik.websocket;

import io.traffik.Identifier;
import io.traffik.Identity;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The unique id of one connection, available by {@link MessageView#unwrap}. Ids are unique over all
 * processes that share a backend.
 *
 * @param value the id; printable
 */
public record ConnectionId(String value) {

  private static final String PROCESS_ID = randomHex();
  private static final AtomicLong COUNT = new AtomicLong();

  private static String randomHex() {
    byte[] bytes = new byte[8];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * Creates the id of a new connection.
   *
   * @return the id
   */
  public static ConnectionId next() {
    return new ConnectionId(PROCESS_ID + "-" + COUNT.incrementAndGet());
  }

  /**
   * An identifier that gives each connection a budget of its own. A client gets a fresh budget by
   * opening another connection, so throttle the handshakes by address as well.
   *
   * @return the identifier; it returns null for views without a WebSocket connection
   */
  public static Identifier identifier() {
    return view -> {
      ConnectionId id = view.unwrap(ConnectionId.class);
      return id == null ? null : Identity.of("connection " + id.value);
    };
  }
}
