package io.traffik.javawebsocket;

import io.traffik.websocket.MessageChannel;
import io.traffik.websocket.ThrottledMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.framing.CloseFrame;

/** Answers go the way of all messages of a connection: into the queue of the server's selector. */
final class AnswerChannel implements MessageChannel {

  /** How long a client may take to reply to a close. */
  private static final Executor UNLESS_REPLIED =
      CompletableFuture.delayedExecutor(5, TimeUnit.SECONDS);

  private final WebSocketImpl connection;
  private final AtomicBoolean closing = new AtomicBoolean();

  AnswerChannel(WebSocketImpl connection) {
    this.connection = connection;
  }

  /** Whether it was closed from here, though the client has not replied yet. */
  boolean isClosing() {
    return closing.get();
  }

  @Override
  public void send(String text) {
    try {
      if (!isClosing()) {
        connection.send(text);
      }
    } catch (WebsocketNotConnectedException e) {
      // It was closed meanwhile; there is nobody to tell.
    }
  }

  /**
   * Sends the frame, once, and leaves the end to the client's reply. The library's own close cuts
   * the socket as soon as the frame is written; where the client is still sending, what it had not
   * read is lost with it, the frame included. Who does not reply is cut off: to wait for what is
   * unsent would be for ever if the client does not read.
   */
  @Override
  public void close(int code, String reason) {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    CloseFrame frame = new CloseFrame();
    frame.setReason(reason);
    frame.setCode(code);
    try {
      frame.isValid();
      connection.sendFrame(frame);
      UNLESS_REPLIED.execute(() -> connection.closeConnection(code, reason));
    } catch (InvalidDataException e) {
      connection.close(code, reason);
    } catch (WebsocketNotConnectedException e) {
      // As above.
    }
  }

  @Override
  public void abort() {
    connection.closeConnection(ThrottledMessage.POLICY_VIOLATION, "answers were not read");
  }

  @Override
  public int unsentMessages() {
    return connection.outQueue.size();
  }
}
