package io.traffik.javawebsocket;

import io.traffik.websocket.InboundEvent;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketListener;
import org.java_websocket.framing.CloseFrame;

/** A message, an opening or a close of a connection, with the server's handler. */
record JavaWebSocketEvent(
    WebSocketListener errors, WebSocket connection, JavaWebSocketChannel channel, Runnable handler)
    implements InboundEvent {

  @Override
  public void deliver() {
    handler.run();
  }

  /** Reports the exception as the library does, and leaves the connection open. */
  @Override
  public void onHandlerError(Exception thrown) {
    errors.onWebsocketError(connection, thrown);
  }

  /** Closes the connection, because the client will not receive an answer to this message. */
  @Override
  public void onThrottleError(Exception thrown) {
    errors.onWebsocketError(connection, thrown);
    channel.close(CloseFrame.UNEXPECTED_CONDITION, "The server could not process this message.");
  }
}
