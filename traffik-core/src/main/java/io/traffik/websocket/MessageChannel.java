package io.traffik.websocket;

/**
 * The way back to the client of one connection, as an adapter gives it to {@link
 * MessageDispatcher}.
 *
 * <p>Safe for any number of threads. No method blocks: what cannot be sent at once waits in the
 * server's own queue. On a closed connection each does nothing.
 */
public interface MessageChannel {

  /**
   * Sends a text message.
   *
   * @param text the message
   */
  void send(String text);

  /**
   * Starts the closing handshake, behind what was sent before.
   *
   * @param code the status code (RFC 6455, section 7.4)
   * @param reason the reason, at most 123 bytes
   */
  void close(int code, String reason);

  /** Ends the connection at once, without what still waits to be sent. */
  void abort();

  /**
   * How much waits to be sent to the client.
   *
   * @return the number of messages, at least 0; at least those that {@link #send} put there
   */
  int unsentMessages();
}
