package io.traffik.websocket;

import io.traffik.BackendException;
import io.traffik.ConnectionThrottledException;
import io.traffik.ConnectionView;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the messages of one connection to their handlers, or answers them as throttled. Messages
 * keep their order and are processed one at a time. Adapters create one dispatcher per connection.
 *
 * <p>No method blocks on a backend or throws an exception of a handler. If the decision completes
 * immediately and no earlier message is waiting, the handler runs before {@link #dispatch} returns.
 * Otherwise the message is queued, and its handler runs on the executor of the {@link
 * WebSocketThrottling}. At most {@link WebSocketThrottling#maxPendingMessages} messages are queued.
 * Further messages are only counted, and answered as throttled when their turn comes.
 *
 * <p>Safe for any number of threads; the order is that of the calls. All parameters must not be
 * null.
 */
public final class MessageDispatcher {

  /** The largest number of entries per task, so that other connections get a turn. */
  private static final int BATCH = 64;

  private final WebSocketThrottling throttling;
  private final MessageChannel channel;
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock. */
  private final Deque<QueueEntry> queue = new ArrayDeque<>(2);

  /** Changed under the lock. Producers read it unlocked; others only decrement it. */
  private final AtomicInteger pending = new AtomicInteger();

  /** Whether a thread runs a handler of this connection or is about to. Guarded by the lock. */
  private boolean busy;

  /** Whether the dispatcher closed the connection. Later messages are dropped. */
  private volatile boolean closed;

  /**
   * Creates the dispatcher of a connection.
   *
   * @param throttling the throttles of its messages
   * @param channel sends answers to the client
   */
  public MessageDispatcher(WebSocketThrottling throttling, MessageChannel channel) {
    this.throttling = Objects.requireNonNull(throttling, "throttling must not be null");
    this.channel = Objects.requireNonNull(channel, "channel must not be null");
  }

  /**
   * Dispatches a message.
   *
   * @param message the view of the message, in the context {@code default}
   * @param event delivers the message to its handler
   */
  public void dispatch(MessageView message, InboundEvent event) {
    Objects.requireNonNull(message, "message must not be null");
    Objects.requireNonNull(event, "event must not be null");
    if (closed || addToOverflow(message.handshake(), event)) {
      return;
    }
    dispatch(throttling.decideMessage(message), event);
  }

  /**
   * Dispatches the opening of the connection; call it before any message. A denied connection is
   * closed with 1013, and none of its messages is delivered.
   *
   * @param handshake the view of the handshake
   * @param event delivers the opening to its handler
   */
  public void dispatchOpen(ConnectionView handshake, InboundEvent event) {
    Objects.requireNonNull(handshake, "handshake must not be null");
    Objects.requireNonNull(event, "event must not be null");
    dispatch(throttling.decideConnection(handshake), event);
  }

  /**
   * Dispatches an event that is not throttled, for example the end of the connection. It is
   * delivered after all earlier messages.
   *
   * @param event delivers the event to its handler
   */
  public void dispatchUnthrottled(InboundEvent event) {
    deliverOrEnqueue(QueueEntry.event(Objects.requireNonNull(event, "event must not be null")));
  }

  /** Counts the message as throttled if too many messages are pending; returns false otherwise. */
  private boolean addToOverflow(ConnectionView handshake, InboundEvent event) {
    if (pending.get() < throttling.maxPendingMessages()) {
      return false;
    }
    lock.lock();
    try {
      if (pending.get() < throttling.maxPendingMessages()) {
        return false;
      }
      QueueEntry last = queue.getLast();
      if (last.kind() == QueueEntry.Kind.OVERFLOW) {
        last.incrementCount();
      } else {
        queue.add(QueueEntry.overflow(handshake, throttling.answer(), event.detached()));
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void dispatch(PendingMessage message, InboundEvent event) {
    QueueEntry entry = QueueEntry.pending(message, event);
    CompletableFuture<?> decision = message.decision().toCompletableFuture();
    if (decision.isDone() && !decision.isCompletedExceptionally()) {
      entry.decide(null);
    } else {
      var unused = decision.whenComplete((allowed, thrown) -> onDecision(entry, thrown));
    }
    deliverOrEnqueue(entry);
  }

  private void onDecision(QueueEntry entry, @Nullable Throwable thrown) {
    entry.decide(thrown);
    if (entry.isQueued()) {
      startIfReady();
    }
  }

  /** Delivers the entry on this thread if it is decided and first; otherwise enqueues it. */
  private void deliverOrEnqueue(QueueEntry entry) {
    boolean immediate;
    lock.lock();
    try {
      immediate = !busy && queue.isEmpty() && isReady(entry);
      if (immediate) {
        busy = true;
      } else {
        entry.enqueue();
        queue.add(entry);
        pending.addAndGet(entry.kind() == QueueEntry.Kind.PENDING ? 1 : 0);
      }
    } finally {
      lock.unlock();
    }
    if (!immediate) {
      startIfReady();
      return;
    }
    try {
      deliver(entry);
    } finally {
      releaseTurn();
    }
  }

  private boolean isReady(QueueEntry first) {
    return closed || first.isDecided();
  }

  /** Starts a task on the executor if the first entry is decided and no thread is busy. */
  private void startIfReady() {
    boolean claimed;
    lock.lock();
    try {
      claimed = !busy && claimTurn();
    } finally {
      lock.unlock();
    }
    if (claimed) {
      start();
    }
  }

  /** Ends the turn of this thread, and starts another if an entry is ready. */
  private void releaseTurn() {
    boolean claimed;
    lock.lock();
    try {
      claimed = claimTurn();
    } finally {
      lock.unlock();
    }
    if (claimed) {
      start();
    }
  }

  /** Claims the next turn if an entry is ready. Guarded by the lock. */
  private boolean claimTurn() {
    busy = !queue.isEmpty() && isReady(queue.getFirst());
    return busy;
  }

  private void start() {
    try {
      throttling.executor().execute(this::deliverBatch);
    } catch (RejectedExecutionException e) {
      close(ThrottledMessage.TRY_AGAIN_LATER, "The server is overloaded.");
      // The connection is closed, so this delivers only events; messages are dropped.
      deliverBatch();
    }
  }

  private void deliverBatch() {
    try {
      for (int n = 0; n < BATCH; n++) {
        QueueEntry next = next();
        if (next == null) {
          break;
        }
        deliver(next);
      }
    } finally {
      releaseTurn();
    }
  }

  private @Nullable QueueEntry next() {
    lock.lock();
    try {
      if (queue.isEmpty() || !isReady(queue.getFirst())) {
        return null;
      }
      QueueEntry next = queue.removeFirst();
      pending.addAndGet(next.kind() == QueueEntry.Kind.PENDING ? -1 : 0);
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void deliver(QueueEntry next) {
    try {
      switch (next.kind()) {
        case EVENT -> next.event().deliver();
        case PENDING -> deliverIfAllowed(next);
        case OVERFLOW -> answerAll(next);
      }
    } catch (Exception e) {
      next.event().onHandlerError(e);
    }
  }

  /** Catches the exceptions of each answer, so that the others are still sent. */
  private void answerAll(QueueEntry overflow) {
    for (int n = 0; n < overflow.count() && !closed; n++) {
      try {
        answer(overflow, null);
      } catch (Exception e) {
        overflow.event().onHandlerError(e);
      }
    }
  }

  private void deliverIfAllowed(QueueEntry message) throws Exception {
    Throwable thrown = message.thrown();
    if (closed) {
      return;
    }
    if (thrown == null) {
      handle(message);
    } else if (thrown instanceof ConnectionThrottledException denial) {
      answer(message, denial);
    } else {
      // Errors are wrapped, because throwing them would end a shared thread.
      message
          .event()
          .onThrottleError(
              thrown instanceof Exception exception
                  ? exception
                  : BackendException.of("A throttle failed", thrown));
    }
  }

  /** Also answers denials by throttles that the handler itself calls. */
  private void handle(QueueEntry message) throws Exception {
    try {
      message.event().deliver();
    } catch (ConnectionThrottledException e) {
      answer(message, e);
    }
  }

  private void answer(QueueEntry throttled, @Nullable ConnectionThrottledException denial) {
    ConnectionView view = Objects.requireNonNull(throttled.view());
    throttled.answer().answer(new ThrottledMessage(this, view, denial));
  }

  void send(String text) {
    if (channel.unsentMessages() < ThrottledMessage.MAX_UNSENT) {
      channel.send(text);
    } else {
      closed = true;
      channel.abort();
    }
  }

  void close(int code, String reason) {
    closed = true;
    channel.close(code, reason);
  }
}
