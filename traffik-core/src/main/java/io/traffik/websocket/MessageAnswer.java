package io.traffik.websocket;

/**
 * What becomes of a message that was throttled. It never reaches its handler, whatever is done
 * here.
 *
 * <p>Called once for each such message of a connection, in the order in which they came, by one
 * thread at a time; by several for several connections. It should be quick and must not block. What
 * it throws is told to the application as if the message's handler had thrown it.
 */
@FunctionalInterface
public interface MessageAnswer {

  /**
   * Answers a throttled message.
   *
   * @param message the message
   */
  void answer(ThrottledMessage message);

  /**
   * One JSON text message, {@link ErrorFrame}, and the connection stays open. The default.
   *
   * @return the answer
   */
  static MessageAnswer errorFrame() {
    return message -> message.send(message.errorFrame());
  }

  /**
   * Closes the connection with 1013, try again later.
   *
   * @return the answer
   */
  static MessageAnswer closeTryAgainLater() {
    return message -> message.close(ThrottledMessage.TRY_AGAIN_LATER, message.detail());
  }

  /**
   * Closes the connection with 1008, policy violation.
   *
   * @return the answer
   */
  static MessageAnswer closePolicyViolation() {
    return message -> message.close(ThrottledMessage.POLICY_VIOLATION, message.detail());
  }

  /**
   * Nothing: the client is not told.
   *
   * @return the answer
   */
  static MessageAnswer drop() {
    return message -> {};
  }
}
