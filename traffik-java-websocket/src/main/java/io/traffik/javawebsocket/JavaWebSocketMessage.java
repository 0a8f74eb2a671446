package io.traffik.javawebsocket;

import io.traffik.websocket.InboundEvent;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketListener;
import org.java_websocket.framing.CloseFrame;

/** What a connection received, on its way to the server. */
record JavaWebSocketMessage(
    WebSocketListener server, WebSocket connection, AnswerChannel channel, Runnable handler)
    implements InboundEvent {

  @Override
  public void deliver() {
    handler.run();
  }

  /** As the library does with what {@code onMessage} throws; the connection stays open. */
  @Override
  public void onHandlerError(Exception thrown) {
    server.onWebsocketError(connection, thrown);
  }

  /** The client would wait for an answer in vain. */
  @Override
  public void onThrottleError(Exception thrown) {
    server.onWebsocketError(connection, thrown);
    channel.close(CloseFrame.UNEXPECTED_CONDITION, "The server cannot take this message.");
  }
}
