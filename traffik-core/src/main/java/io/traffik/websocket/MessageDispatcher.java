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
 * What the messages of one connection go through: each is handed on to its handler or answered as
 * throttled, in the order in which they came and one at a time. For adapters, which make one per
 * connection.
 *
 * <p>No method blocks on a backend or throws what a handler throws. A message whose throttles
 * decide at once is handled before {@link #dispatch} returns, if nothing waits ahead of it. Else it
 * waits, and is handled on the executor of the {@link WebSocketThrottling}. At most {@link
 * WebSocketThrottling#maxPendingMessages} messages wait; of those beyond only the number is kept,
 * and in their place in the order they are answered as throttled.
 *
 * <p>Safe for any number of threads; the order is that of the calls. All parameters must not be
 * null.
 */
public final class MessageDispatcher {

  /** How many of one connection are handled before others have their turn. */
  private static final int BATCH = 64;

  private final WebSocketThrottling throttling;
  private final MessageChannel channel;
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock. */
  private final Deque<QueueEntry> queue = new ArrayDeque<>(2);

  /** Changed under the lock, and read without it by who adds: others only make it smaller. */
  private final AtomicInteger waiting = new AtomicInteger();

  /** Whether a thread is at a handler of this connection, or about to be. Guarded by the lock. */
  private boolean busy;

  /** Whether the connection was closed from here: what messages come then are dropped. */
  private volatile boolean ended;

  /**
   * Makes the dispatcher of a connection.
   *
   * @param throttling what its messages meet
   * @param channel the way back to the client
   */
  public MessageDispatcher(WebSocketThrottling throttling, MessageChannel channel) {
    this.throttling = Objects.requireNonNull(throttling, "throttling must not be null");
    this.channel = Objects.requireNonNull(channel, "channel must not be null");
  }

  /**
   * Takes a message.
   *
   * @param message its view, in the context {@code default}
   * @param event the way to its handler
   */
  public void dispatch(MessageView message, InboundEvent event) {
    Objects.requireNonNull(message, "message must not be null");
    Objects.requireNonNull(event, "event must not be null");
    if (ended || isSurplus(message.handshake(), event)) {
      return;
    }
    enter(throttling.ask(message), event);
  }

  /**
   * Takes the opening of the connection, before any message. A connection that its throttles deny
   * is closed with 1013, and nothing that is sent on it is delivered.
   *
   * @param handshake the view of its handshake
   * @param event the way to its handler
   */
  public void dispatchOpen(ConnectionView handshake, InboundEvent event) {
    Objects.requireNonNull(handshake, "handshake must not be null");
    Objects.requireNonNull(event, "event must not be null");
    enter(throttling.askAboutConnection(handshake), event);
  }

  /**
   * Takes an event that is not throttled (the end of the connection, say), to be passed on behind
   * the messages that came before it.
   *
   * @param event the way to its handler
   */
  public void dispatchUnthrottled(InboundEvent event) {
    enter(QueueEntry.event(Objects.requireNonNull(event, "event must not be null")));
  }

  private boolean isSurplus(ConnectionView handshake, InboundEvent event) {
    if (waiting.get() < throttling.maxPendingMessages()) {
      return false;
    }
    lock.lock();
    try {
      if (waiting.get() < throttling.maxPendingMessages()) {
        return false;
      }
      QueueEntry last = queue.getLast();
      if (last.kind() == QueueEntry.Kind.OVERFLOW) {
        last.oneMore();
      } else {
        queue.add(QueueEntry.surplus(handshake, throttling.answer(), event.detached()));
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void enter(PendingMessage asked, InboundEvent event) {
    QueueEntry arrived = QueueEntry.asked(asked, event);
    CompletableFuture<?> verdict = asked.verdict().toCompletableFuture();
    if (verdict.isDone() && !verdict.isCompletedExceptionally()) {
      arrived.decide(null);
    } else {
      var unused = verdict.whenComplete((passed, thrown) -> decided(arrived, thrown));
    }
    enter(arrived);
  }

  private void decided(QueueEntry arrived, @Nullable Throwable thrown) {
    arrived.decide(thrown);
    if (arrived.isQueued()) {
      startIfReady();
    }
  }

  /** Delivers at once if nothing is ahead, and else gives it a place. */
  private void enter(QueueEntry arrived) {
    boolean atOnce;
    lock.lock();
    try {
      atOnce = !busy && queue.isEmpty() && isReady(arrived);
      if (atOnce) {
        busy = true;
      } else {
        arrived.keep();
        queue.add(arrived);
        waiting.addAndGet(arrived.kind() == QueueEntry.Kind.ASKED ? 1 : 0);
      }
    } finally {
      lock.unlock();
    }
    if (!atOnce) {
      startIfReady();
      return;
    }
    try {
      deliver(arrived);
    } finally {
      rest();
    }
  }

  private boolean isReady(QueueEntry first) {
    return ended || first.isDecided();
  }

  /** Lets the executor go on where a decision has come for the first in the queue. */
  private void startIfReady() {
    boolean claimed;
    lock.lock();
    try {
      claimed = !busy && claim();
    } finally {
      lock.unlock();
    }
    if (claimed) {
      start();
    }
  }

  private void rest() {
    boolean claimed;
    lock.lock();
    try {
      claimed = claim();
    } finally {
      lock.unlock();
    }
    if (claimed) {
      start();
    }
  }

  /** Takes the next turn at the handlers, if there is one to take; under the lock. */
  private boolean claim() {
    busy = !queue.isEmpty() && isReady(queue.getFirst());
    return busy;
  }

  private void start() {
    try {
      throttling.executor().execute(this::deliverSome);
    } catch (RejectedExecutionException e) {
      close(ThrottledMessage.TRY_AGAIN_LATER, "The server takes no messages now.");
      // No handler of a message runs now that this has ended; what is left is the server's own.
      deliverSome();
    }
  }

  private void deliverSome() {
    try {
      for (int n = 0; n < BATCH; n++) {
        QueueEntry next = next();
        if (next == null) {
          break;
        }
        deliver(next);
      }
    } finally {
      rest();
    }
  }

  private @Nullable QueueEntry next() {
    lock.lock();
    try {
      if (queue.isEmpty() || !isReady(queue.getFirst())) {
        return null;
      }
      QueueEntry next = queue.removeFirst();
      waiting.addAndGet(next.kind() == QueueEntry.Kind.ASKED ? -1 : 0);
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void deliver(QueueEntry next) {
    try {
      switch (next.kind()) {
        case EVENT -> next.event().deliver();
        case ASKED -> deliverIfAllowed(next);
        case OVERFLOW -> answerAll(next);
      }
    } catch (Exception e) {
      next.event().onHandlerError(e);
    }
  }

  /** Each for itself: an answer that throws leaves none of the others out. */
  private void answerAll(QueueEntry surplus) {
    for (int n = 0; n < surplus.count() && !ended; n++) {
      try {
        answer(surplus, null);
      } catch (Exception e) {
        surplus.event().onHandlerError(e);
      }
    }
  }

  private void deliverIfAllowed(QueueEntry message) throws Exception {
    Throwable thrown = message.thrown();
    if (ended) {
      return;
    }
    if (thrown == null) {
      handle(message);
    } else if (thrown instanceof ConnectionThrottledException denial) {
      answer(message, denial);
    } else {
      // An error as well: thrown, it would end a thread that other connections need.
      message
          .event()
          .onThrottleError(
              thrown instanceof Exception known
                  ? known
                  : BackendException.of("a throttle failed", thrown));
    }
  }

  /** The handler may ask a throttle by itself. */
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
      ended = true;
      channel.abort();
    }
  }

  void close(int code, String reason) {
    ended = true;
    channel.close(code, reason);
  }
}
