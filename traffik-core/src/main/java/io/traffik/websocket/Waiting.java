package io.traffik.websocket;

import io.traffik.ConnectionView;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A place in the order of a connection: an event, a message, or messages beyond the bound. */
final class Waiting {

  /** What stands in a place. */
  enum Kind {
    /** To be passed on as it is. */
    EVENT,
    /** To be decided on. */
    MESSAGE,
    /** Throttled without being asked for. */
    SURPLUS
  }

  private final Kind kind;
  private final @Nullable ConnectionView view;
  private Delivery delivery;
  private int count = 1;
  private volatile boolean decided;
  private @Nullable Throwable thrown;

  private Waiting(Kind kind, @Nullable ConnectionView view, Delivery delivery) {
    this.kind = kind;
    this.view = view;
    this.delivery = delivery;
    this.decided = kind != Kind.MESSAGE;
  }

  static Waiting event(Delivery delivery) {
    return new Waiting(Kind.EVENT, null, delivery);
  }

  static Waiting message(MessageView view, Delivery delivery) {
    return new Waiting(Kind.MESSAGE, view, delivery);
  }

  /** Only the number of these is kept, whatever it is, and of the first who is to be told. */
  static Waiting surplus(ConnectionView handshake, Delivery first) {
    return new Waiting(Kind.SURPLUS, handshake, first);
  }

  Kind kind() {
    return kind;
  }

  /** Of a message its own, of surplus that of the handshake, of an event null. */
  @Nullable ConnectionView view() {
    return view;
  }

  Delivery delivery() {
    return delivery;
  }

  /** Lets the server have its thread and buffers back. */
  void keep() {
    delivery = delivery.kept();
  }

  int count() {
    return count;
  }

  void oneMore() {
    count++;
  }

  void decide(@Nullable Throwable thrown) {
    this.thrown =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    decided = true;
  }

  boolean isDecided() {
    return decided;
  }

  /** What the throttles threw, or null if the message may pass. */
  @Nullable Throwable thrown() {
    return thrown;
  }
}
