package io.traffik.websocket;

import io.traffik.Backend;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A connection, with all that happens on it written down in one order. */
final class Client implements MessageChannel {

  final List<String> log = new CopyOnWriteArrayList<>();
  final MessageDispatcher dispatcher;
  volatile int unsent;
  private final Handshake handshake;

  Client(String path, Backend backend, WebSocketThrottling throttling) {
    handshake = new Handshake(path, backend);
    dispatcher = new MessageDispatcher(throttling, this);
  }

  void sends(String text) {
    sends(text, entry -> entry);
  }

  void sends(String text, UnaryOperator<String> handler) {
    dispatcher.dispatch(MessageView.text(handshake, text), new Told(text, handler));
  }

  void sends(ByteBuffer data) {
    dispatcher.dispatch(MessageView.binary(handshake, data), new Told("binary", entry -> entry));
  }

  void opens() {
    dispatcher.dispatchOpen(handshake, new Told("opened", entry -> entry));
  }

  void leaves() {
    dispatcher.dispatchUnthrottled(new Told("left", entry -> entry));
  }

  private final class Told implements InboundEvent {
    private final String text;
    private final UnaryOperator<String> handler;

    Told(String text, UnaryOperator<String> handler) {
      this.text = text;
      this.handler = handler;
    }

    @Override
    public void deliver() {
      log.add(handler.apply(text));
    }

    @Override
    public void onHandlerError(Exception thrown) {
      log.add("failed: " + thrown.getMessage());
    }

    @Override
    public void onThrottleError(Exception thrown) {
      log.add("undecided: " + thrown.getMessage());
    }

    @Override
    public InboundEvent detached() {
      return new Told(text, entry -> "kept " + handler.apply(entry));
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
    return unsent;
  }
}
