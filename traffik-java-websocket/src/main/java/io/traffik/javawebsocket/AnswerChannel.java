package io.traffik.javawebsocket;

import io.traffik.websocket.MessageChannel;
import io.traffik.websocket.ThrottledMessage;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.exceptions.WebsocketNotConnectedException;

/** Answers go the way of all messages of a connection: into the queue of the server's selector. */
record AnswerChannel(WebSocketImpl connection) implements MessageChannel {

  @Override
  public void send(String text) {
    try {
      connection.send(text);
    } catch (WebsocketNotConnectedException e) {
      // It was closed meanwhile; there is nobody to tell.
    }
  }

  @Override
  public void close(int code, String reason) {
    connection.close(code, reason);
  }

  @Override
  public void abort() {
    connection.closeConnection(ThrottledMessage.POLICY_VIOLATION, "answers were not read");
  }

  @Override
  public int unsent() {
    return connection.outQueue.size();
  }
}
