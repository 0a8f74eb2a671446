package io.traffik.websocket;

/**
 * An event of a connection and the handler that receives it, implemented by adapters for {@link
 * MessageDispatcher}. It may be delivered after the server's callback has returned, so it must hold
 * copies of buffers that belong to the server.
 */
public interface InboundEvent {

  /**
   * Calls the handler.
   *
   * @throws Exception any exception of the handler
   */
  void deliver() throws Exception;

  /**
   * Reports an exception to the application: of the handler, of the answer to a throttled message,
   * or a {@link io.traffik.BackendException} of a throttle. The connection stays open; the client
   * receives an answer to a message that a backend could not decide.
   *
   * @param thrown the exception
   */
  void onHandlerError(Exception thrown);

  /**
   * Reports to the application that a throttle could not decide, for example because it has no
   * backend. The message is neither handled nor answered.
   *
   * @param thrown the exception of the throttle
   */
  void onThrottleError(Exception thrown);
}
