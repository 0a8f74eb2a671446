package io.traffik.websocket;

/**
 * The answer to a throttled message. No answer passes the message on to its handler.
 *
 * <p>Each connection calls it once per throttled message, in the order of arrival and never
 * concurrently. Several connections may call it concurrently. It must not block. The application
 * receives its exceptions like those of the message's handler.
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
   * Sends an {@link ErrorFrame} and leaves the connection open. This is the default.
   *
   * @return the answer
   */
  static MessageAnswer errorFrame() {
    return message -> message.send(message.errorFrame());
  }

  /**
   * Closes the connection with status code 1013, try again later.
   *
   * @return the answer
   */
  static MessageAnswer closeTryAgainLater() {
    return message -> message.close(ThrottledMessage.TRY_AGAIN_LATER, message.detail());
  }

  /**
   * Closes the connection with status code 1008, policy violation.
   *
   * @return the answer
   */
  static MessageAnswer closePolicyViolation() {
    return message -> message.close(ThrottledMessage.POLICY_VIOLATION, message.detail());
  }

  /**
   * Drops the message and sends nothing to the client.
   *
   * @return the answer
   */
  static MessageAnswer drop() {
    return message -> {};
  }
}
