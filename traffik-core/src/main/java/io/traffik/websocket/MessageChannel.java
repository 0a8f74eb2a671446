package io.traffik.websocket;

/**
 * The outbound side of one connection, implemented by adapters for {@link ThrottledConnection}.
 *
 * <p>Safe for any number of threads. No method blocks: unsent messages wait in the server's own
 * queue. On a closed connection every method does nothing.
 */
public interface MessageChannel {

  /**
   * Sends a text message.
   *
   * @param text the message
   */
  void send(String text);

  /**
   * Starts the closing handshake after all messages that were sent before.
   *
   * @param code the status code (RFC 6455, section 7.4)
   * @param reason the reason, at most 123 bytes
   */
  void close(int code, String reason);

  /** Ends the connection immediately and discards unsent messages. */
  void abort();

  /**
   * Counts the messages that wait to be sent to the client.
   *
   * @return at least the number of unsent messages that {@link #send} queued
   */
  int unsentMessages();
}
