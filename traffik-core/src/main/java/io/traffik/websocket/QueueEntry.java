package io.traffik.websocket;

import io.traffik.BackendException;
import io.traffik.ConnectionView;
import org.jspecify.annotations.Nullable;

/** A place in the order of a connection: what came, or the messages beyond the bound. */
final class QueueEntry {

  /** What stands in a place. */
  enum Kind {
    /** To be passed on as it is. */
    EVENT,
    /** A message or a new connection, to be decided on. */
    ASKED,
    /** Throttled without being asked for. */
    OVERFLOW
  }

  private final Kind kind;
  private final @Nullable ConnectionView view;
  private final MessageAnswer answer;
  private InboundEvent event;
  private int count = 1;
  private volatile boolean decided;
  private volatile boolean queued;
  private @Nullable Throwable thrown;

  private QueueEntry(
      Kind kind, @Nullable ConnectionView view, MessageAnswer answer, InboundEvent event) {
    this.kind = kind;
    this.view = view;
    this.answer = answer;
    this.event = event;
    this.decided = kind != Kind.ASKED;
  }

  static QueueEntry event(InboundEvent event) {
    return new QueueEntry(Kind.EVENT, null, MessageAnswer.drop(), event);
  }

  static QueueEntry asked(PendingMessage asked, InboundEvent event) {
    return new QueueEntry(Kind.ASKED, asked.view(), asked.answer(), event);
  }

  /** Only the number of these is kept, whatever it is, and of the first who is to be told. */
  static QueueEntry surplus(ConnectionView handshake, MessageAnswer answer, InboundEvent first) {
    return new QueueEntry(Kind.OVERFLOW, handshake, answer, first);
  }

  Kind kind() {
    return kind;
  }

  /** Of surplus that of the handshake, of an event null. */
  @Nullable ConnectionView view() {
    return view;
  }

  MessageAnswer answer() {
    return answer;
  }

  InboundEvent event() {
    return event;
  }

  /** Lets the server have its thread and buffers back. */
  void keep() {
    event = event.detached();
    queued = true;
  }

  /** Whether somebody must be told of the decision. */
  boolean isQueued() {
    return queued;
  }

  int count() {
    return count;
  }

  void oneMore() {
    count++;
  }

  void decide(@Nullable Throwable thrown) {
    this.thrown = thrown == null ? null : BackendException.unwrap(thrown);
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
