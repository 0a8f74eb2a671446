package io.traffik.javawebsocket;

import io.traffik.ConnectionThrottledException;
import io.traffik.http.HttpDenial;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.framing.CloseFrame;

/**
 * Writes the response to a rejected handshake. The library answers each with a 404 and leaves the
 * connection open. So this class writes to the socket and closes the connection before the library
 * can write. The socket's buffer is empty before the handshake and accepts the whole response.
 */
final class HandshakeRejection {

  private static final Logger LOGGER = System.getLogger(ThrottledWebSockets.class.getName());

  private HandshakeRejection() {}

  static void send(WebSocketImpl connection, HttpDenial denial) {
    String reason = ConnectionThrottledException.reasonPhrase(denial.status());
    send(
        connection,
        CloseFrame.TRY_AGAIN_LATER,
        response(denial.status() + " " + reason, denial.headers(), denial.body()));
  }

  /** Answers a malformed request (RFC 9112, section 3). */
  static void sendBadRequest(WebSocketImpl connection) {
    send(connection, CloseFrame.PROTOCOL_ERROR, response("400 Bad Request", Map.of(), ""));
  }

  private static void send(WebSocketImpl connection, int closeCode, ByteBuffer response) {
    try {
      int written;
      do {
        written = connection.getChannel().write(response);
      } while (response.hasRemaining() && written > 0);
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "The client of a rejected handshake has disconnected.", e);
    }
    connection.closeConnection(closeCode, "handshake rejected");
  }

  private static ByteBuffer response(String status, Map<String, String> headers, String body) {
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Length: ").append(body.length()).append("\r\n");
    head.append("Connection: close\r\n\r\n").append(body);
    return ByteBuffer.wrap(head.toString().getBytes(StandardCharsets.US_ASCII));
  }
}
