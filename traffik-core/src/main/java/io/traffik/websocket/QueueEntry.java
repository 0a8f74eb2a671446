package io.traffik.websocket;

import io.traffik.BackendException;
import io.traffik.ConnectionView;
import org.jspecify.annotations.Nullable;

/** An entry of a connection's queue: one event, or the number of messages beyond the bound. */
final class QueueEntry {

  /** The kind of an entry. */
  enum Kind {
    /** An event that is not throttled. */
    EVENT,
    /** A message or a new connection that waits for its decision. */
    PENDING,
    /** Messages beyond the bound, throttled without a decision. */
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
    this.decided = kind != Kind.PENDING;
  }

  static QueueEntry event(InboundEvent event) {
    return new QueueEntry(Kind.EVENT, null, MessageAnswer.drop(), event);
  }

  static QueueEntry pending(PendingMessage pending, InboundEvent event) {
    return new QueueEntry(Kind.PENDING, pending.view(), pending.answer(), event);
  }

  /** Of these messages only the count and the first event are stored, to bound the memory. */
  static QueueEntry overflow(ConnectionView handshake, MessageAnswer answer, InboundEvent first) {
    return new QueueEntry(Kind.OVERFLOW, handshake, answer, first);
  }

  Kind kind() {
    return kind;
  }

  /** The view of the handshake for an overflow entry; null for an event. */
  @Nullable ConnectionView view() {
    return view;
  }

  MessageAnswer answer() {
    return answer;
  }

  InboundEvent event() {
    return event;
  }

  /** Detaches the event from the server's thread and buffers, since it waits in the queue. */
  void enqueue() {
    event = event.detached();
    queued = true;
  }

  /** Whether the queue must be run after the decision. */
  boolean isQueued() {
    return queued;
  }

  int count() {
    return count;
  }

  void incrementCount() {
    count++;
  }

  void decide(@Nullable Throwable thrown) {
    this.thrown = thrown == null ? null : BackendException.unwrap(thrown);
    decided = true;
  }

  boolean isDecided() {
    return decided;
  }

  /** The exception of the throttles, or null if the message is allowed. */
  @Nullable Throwable thrown() {
    return thrown;
  }
}
