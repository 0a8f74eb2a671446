package io.traffik.websocket;

import io.traffik.spi.FairShareLimiter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/** A connection with a dispatcher that records every delivery and every answer in one log. */
final class RecordedConnection implements MessageChannel {

  final List<String> log = new CopyOnWriteArrayList<>();
  final MessageDispatcher dispatcher;
  volatile int unsentMessages;
  final ThrottledConnection throttles;
  private final TestHandshake handshake;

  RecordedConnection(TestHandshake handshake, WebSocketThrottling throttling, Executor handlers) {
    this(handshake, throttling, handlers, new FairShareLimiter(1 << 30));
  }

  RecordedConnection(
      TestHandshake handshake,
      WebSocketThrottling throttling,
      Executor handlers,
      FairShareLimiter waitingBytes) {
    this.handshake = handshake;
    throttles = new ThrottledConnection(throttling, this, handshake);
    dispatcher =
        new MessageDispatcher(
            throttles,
            handlers,
            thrown -> log.add("answer error: " + thrown.getMessage()),
            waitingBytes);
  }

  void receive(String text) {
    receive(text, entry -> entry);
  }

  /** Receives a message whose handler returns the text for the log. */
  void receive(String text, UnaryOperator<String> handler) {
    dispatcher.dispatch(MessageView.text(handshake, text), new RecordedEvent(text, handler));
  }

  void receive(ByteBuffer data) {
    dispatcher.dispatch(
        MessageView.binary(handshake, data), new RecordedEvent("binary", entry -> entry));
  }

  void receiveOpen() {
    dispatcher.dispatchOpen(new RecordedEvent("open", entry -> entry));
  }

  void receiveEnd() {
    dispatcher.dispatchUnthrottled(new RecordedEvent("end", entry -> entry));
  }

  /** An event that records its delivery. */
  InboundEvent event(String text) {
    return new RecordedEvent(text, entry -> entry);
  }

  private final class RecordedEvent implements InboundEvent {
    private final String text;
    private final UnaryOperator<String> handler;

    RecordedEvent(String text, UnaryOperator<String> handler) {
      this.text = text;
      this.handler = handler;
    }

    @Override
    public void deliver() {
      log.add(handler.apply(text));
    }

    @Override
    public void onHandlerError(Exception thrown) {
      log.add("handler error: " + thrown.getMessage());
    }

    @Override
    public void onThrottleError(Exception thrown) {
      log.add("throttle error: " + thrown.getMessage());
    }
  }

  @Override
  public void send(String text) {
    log.add(text);
  }

  @Override
  public void close(int code, String reason) {
    log.add("close " + code + " " + reason);
  }

  @Override
  public void abort() {
    log.add("abort");
  }

  @Override
  public int unsentMessages() {
    return unsentMessages;
  }
}
