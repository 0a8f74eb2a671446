package io.traffik.javawebsocket;

import io.traffik.ConnectionThrottledException;
import io.traffik.http.HttpDenial;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.framing.CloseFrame;

/**
 * Writes the response to a denied handshake. The library answers each rejected handshake with a
 * 404. So this class writes to the socket and closes the connection before the library can write.
 * The socket's buffer is empty before the handshake and accepts the whole response.
 */
final class HandshakeRejection {

  private static final Logger LOGGER = System.getLogger(ThrottledWebSockets.class.getName());

  private HandshakeRejection() {}

  static void send(WebSocketImpl connection, HttpDenial denial) {
    ByteBuffer response = ByteBuffer.wrap(bytes(denial));
    try {
      int written;
      do {
        written = connection.getChannel().write(response);
      } while (response.hasRemaining() && written > 0);
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "The client of a denied handshake has disconnected.", e);
    }
    connection.closeConnection(CloseFrame.TRY_AGAIN_LATER, "handshake throttled");
  }

  private static byte[] bytes(HttpDenial denial) {
    StringBuilder head =
        new StringBuilder("HTTP/1.1 ")
            .append(denial.status())
            .append(' ')
            .append(ConnectionThrottledException.reasonPhrase(denial.status()))
            .append("\r\n");
    denial
        .headers()
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Length: ").append(denial.body().length()).append("\r\n");
    head.append("Connection: close\r\n\r\n").append(denial.body());
    return head.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
