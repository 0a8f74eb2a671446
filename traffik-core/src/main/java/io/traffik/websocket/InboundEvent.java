package io.traffik.websocket;

/** Something that happened on a connection, on its way to the handler that is to hear of it. */
public interface InboundEvent {

  /**
   * Calls the handler.
   *
   * @throws Exception what it throws
   */
  void deliver() throws Exception;

  /**
   * Tells the application what the handler, or the answer to a throttled message, threw.
   *
   * @param thrown what was thrown
   */
  void onHandlerError(Exception thrown);

  /**
   * Tells the application that a throttle could not decide: the backend failed and the policy is to
   * raise, say. The message is neither handled nor answered.
   *
   * @param thrown what the throttle threw
   */
  void onThrottleError(Exception thrown);

  /**
   * This, to be run after the server was given its thread back: what belongs to the server (a
   * buffer, say) is copied.
   *
   * @return a delivery; the same unless overridden
   */
  default InboundEvent detached() {
    return this;
  }
}
