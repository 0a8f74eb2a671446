package io.traffik.websocket;

import io.traffik.Identifier;
import io.traffik.Identity;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The name of one connection, as {@link MessageView#unwrap} gives it; no other has it, in no
 * process that shares a backend.
 *
 * @param value the name, printable
 */
public record ConnectionId(String value) {

  private static final String PROCESS = random();
  private static final AtomicLong COUNT = new AtomicLong();

  private static String random() {
    byte[] bytes = new byte[8];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * A name for a new connection.
   *
   * @return the name
   */
  public static ConnectionId next() {
    return new ConnectionId(PROCESS + "-" + COUNT.incrementAndGet());
  }

  /**
   * An identifier that takes each connection for a client of its own. Who opens another connection
   * has a fresh budget there: throttle the handshakes as well, by address.
   *
   * @return the identifier; it does not know what came by no open WebSocket
   */
  public static Identifier identifier() {
    return view -> {
      ConnectionId id = view.unwrap(ConnectionId.class);
      return id == null ? null : Identity.of("connection " + id.value);
    };
  }
}
