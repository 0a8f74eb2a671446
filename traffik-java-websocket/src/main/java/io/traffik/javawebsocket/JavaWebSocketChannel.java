package io.traffik.javawebsocket;

import io.traffik.spi.DaemonExecutor;
import io.traffik.spi.DaemonTimer;
import io.traffik.websocket.MessageChannel;
import io.traffik.websocket.ThrottledMessage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.framing.CloseFrame;

/** Sends answers through the outbound queue of the library's selector thread. */
final class JavaWebSocketChannel implements MessageChannel {

  /** The time that a client has to reply to a close frame. */
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Closing waits for a lock of the connection, which a handler may hold. */
  private static final Executor CLOSER =
      DaemonExecutor.of("traffik-close-", 4, new LinkedBlockingQueue<>());

  private final WebSocketImpl connection;
  private final AtomicBoolean closing = new AtomicBoolean();

  JavaWebSocketChannel(WebSocketImpl connection) {
    this.connection = connection;
  }

  /** Whether this side has sent a close frame, even if the client has not replied yet. */
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
      // The connection was closed concurrently, so there is no recipient.
    }
  }

  /**
   * Sends one close frame, and closes the socket after five seconds if the client has not replied.
   * The library's own close cuts the socket after writing the frame. A client that is still sending
   * would then lose unread data, including the frame.
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
      var unused =
          DaemonTimer.schedule(CLOSE_NANOS, CLOSER, () -> connection.closeConnection(code, reason));
    } catch (InvalidDataException e) {
      connection.close(code, reason);
    } catch (WebsocketNotConnectedException e) {
      // The connection was closed concurrently.
    }
  }

  @Override
  public void abort() {
    connection.closeConnection(
        ThrottledMessage.POLICY_VIOLATION, "The client did not read the answers.");
  }

  @Override
  public int unsentMessages() {
    return connection.outQueue.size();
  }
}
