package io.traffik.javawebsocket;

import io.traffik.http.HttpDenial;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.framing.CloseFrame;

/**
 * The answer to a denied handshake. The library has one of its own for each handshake that is
 * refused, a 404; so this one is written into the socket, which is empty before the handshake and
 * takes it whole, and the connection is closed before the library gets to write.
 */
final class HandshakeRejection {

  private static final Logger LOGGER = System.getLogger(ThrottledWebSockets.class.getName());

  private HandshakeRejection() {}

  static void send(WebSocketImpl connection, HttpDenial denial) {
    ByteBuffer answer = ByteBuffer.wrap(bytes(denial));
    try {
      int written;
      do {
        written = connection.getChannel().write(answer);
      } while (answer.hasRemaining() && written > 0);
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "the client of a denied handshake left before the answer", e);
    }
    connection.closeConnection(CloseFrame.TRY_AGAIN_LATER, "handshake throttled");
  }

  private static byte[] bytes(HttpDenial denial) {
    StringBuilder head =
        new StringBuilder("HTTP/1.1 ").append(denial.status()).append(" Too Many Requests\r\n");
    denial
        .headers()
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Length: ").append(denial.body().length()).append("\r\n");
    head.append("Connection: close\r\n\r\n").append(denial.body());
    return head.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
