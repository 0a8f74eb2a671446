package io.traffik.websocket;

import io.traffik.BackendException;
import io.traffik.Charge;
import io.traffik.ConnectionThrottledException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An entry of a connection's queue: one event, or the number of messages beyond the bound. */
final class QueueEntry {

  /** The kind of an entry. */
  enum Kind {
    /** An event that is not throttled. */
    EVENT,
    /** The opening of the connection. */
    OPENING,
    /** A message. */
    MESSAGE,
    /** A ping that is charged. */
    PING,
    /** Messages beyond the bound, denied without a decision. */
    OVERFLOW
  }

  private final Kind kind;
  private final @Nullable InboundEvent event;
  private final @Nullable MessageHit hit;
  private final long bytes;
  private int count = 1;
  private List<Charge> charges = List.of();
  private @Nullable Throwable thrown;
  private volatile boolean decided;

  /** Guarded by the queue. */
  private boolean delivered;

  private QueueEntry(
      Kind kind, @Nullable InboundEvent event, @Nullable MessageHit hit, long bytes) {
    this.kind = kind;
    this.event = event;
    this.hit = hit;
    this.bytes = bytes;
    this.decided = hit == null;
  }

  static QueueEntry event(InboundEvent event) {
    return new QueueEntry(Kind.EVENT, event, null, 0);
  }

  static QueueEntry opening(InboundEvent event, MessageHit hit) {
    return new QueueEntry(Kind.OPENING, event, hit, 0);
  }

  /**
   * @param bytes the memory that the message occupies while it waits
   */
  static QueueEntry message(InboundEvent event, MessageHit hit, long bytes) {
    return new QueueEntry(Kind.MESSAGE, event, hit, bytes);
  }

  /**
   * @param bytes the memory that the ping occupies while it waits
   */
  static QueueEntry ping(InboundEvent event, MessageHit hit, long bytes) {
    return new QueueEntry(Kind.PING, event, hit, bytes);
  }

  /** Of these messages only the count is stored, to bound the memory. */
  static QueueEntry overflow() {
    return new QueueEntry(Kind.OVERFLOW, null, null, 0);
  }

  Kind kind() {
    return kind;
  }

  InboundEvent event() {
    return Objects.requireNonNull(event, "messages beyond the limits have no event");
  }

  /** The view of an opening, a message or a ping, with the throttles that decide about it. */
  MessageHit hit() {
    return Objects.requireNonNull(hit, "this entry has no throttles");
  }

  long bytes() {
    return bytes;
  }

  /** Whether this entry counts toward the limits of what waits. */
  boolean isLimited() {
    return kind == Kind.MESSAGE || kind == Kind.PING;
  }

  int count() {
    return count;
  }

  void incrementCount() {
    count++;
  }

  void decide(@Nullable List<Charge> charged, @Nullable Throwable failure) {
    charges = charged == null ? List.of() : charged;
    thrown = failure == null ? null : BackendException.unwrap(failure);
    decided = true;
  }

  void decideIfUndecided(Throwable failure) {
    if (!decided) {
      decide(null, failure);
    }
  }

  boolean isDecided() {
    return decided;
  }

  void markDelivered() {
    delivered = true;
  }

  boolean isDelivered() {
    return delivered;
  }

  boolean isDenied() {
    return thrown instanceof ConnectionThrottledException;
  }

  /** The exception of the throttles, or null if the message is allowed. */
  @Nullable Throwable thrown() {
    return thrown;
  }

  /** Returns the tokens of a message that is dropped after its decision. */
  void refund() {
    charges.forEach(Charge::refundAsync);
  }
}
