package io.traffik.websocket;

import io.traffik.BackendException;
import io.traffik.ConnectionThrottledException;
import io.traffik.ThrottleGroup;
import io.traffik.spi.FairShareLimiter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the messages of one connection to their handlers, or answers them as throttled, for
 * servers that cannot stop reading from a client. For other servers use a {@link
 * ThrottledConnection} alone.
 *
 * <p>No method blocks on a store or throws an exception of a handler; errors propagate. If the
 * decision is immediate and no earlier message is waiting, the handler runs before {@link
 * #dispatch} returns. Otherwise the message is queued. The queued messages of a connection are
 * decided together, by one call of the store at a time, and handled in order, one at a time.
 *
 * <p>Queued messages are limited in two ways: by {@link WebSocketThrottling#maxPendingMessages} per
 * connection, and in bytes over all connections of the process, shared fairly by the clients. The
 * second limit is a sixteenth of the maximum heap. Messages beyond a limit are only counted, and
 * answered as throttled in their turn.
 *
 * <p>Safe for any number of threads; the order is that of the calls. All parameters must not be
 * null.
 */
public final class MessageDispatcher {

  private static final FairShareLimiter WAITING_BYTES =
      new FairShareLimiter(Math.max(1 << 20, Runtime.getRuntime().maxMemory() / 16));

  /** The approximate memory of a queued message without its content. */
  private static final long OVERHEAD_BYTES = 256;

  /** After this time another connection gets the thread. */
  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final ThrottledConnection connection;
  private final WebSocketThrottling throttling;
  private final Executor handlers;
  private final Consumer<Exception> onAnswerError;
  private final FairShareLimiter waitingBytes;
  private final MessageQueue queue = new MessageQueue();

  /** The number of messages that are queued or handled. */
  private final AtomicInteger pending = new AtomicInteger();

  /**
   * Creates the dispatcher of a connection.
   *
   * @param connection the connection; the server must not call its {@code open} and {@code admit}
   * @param handlers runs the handlers of messages that waited, and the functions of their
   *     throttles. Each connection has at most two tasks on it. If it rejects a task, the
   *     connection is closed with 1013
   * @param onAnswerError receives exceptions of the answers to messages beyond the limits
   */
  public MessageDispatcher(
      ThrottledConnection connection, Executor handlers, Consumer<Exception> onAnswerError) {
    this(connection, handlers, onAnswerError, WAITING_BYTES);
  }

  MessageDispatcher(
      ThrottledConnection connection,
      Executor handlers,
      Consumer<Exception> onAnswerError,
      FairShareLimiter waitingBytes) {
    this.onAnswerError = Objects.requireNonNull(onAnswerError, "onAnswerError must not be null");
    this.connection = Objects.requireNonNull(connection, "connection must not be null");
    this.throttling = connection.throttling();
    this.handlers = Objects.requireNonNull(handlers, "handlers must not be null");
    this.waitingBytes = waitingBytes;
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
    if (connection.isClosed()) {
      return;
    }
    long bytes = bytes(message);
    if (reserve(bytes)) {
      queue.add(classified(message, bytes, event));
    } else {
      queue.addOverflow();
    }
    decideAndDeliver();
  }

  /** The memory of a message; a character occupies at most two bytes. */
  private static long bytes(MessageView message) {
    return OVERHEAD_BYTES + 2L * message.messageSize();
  }

  private boolean reserve(long bytes) {
    if (pending.incrementAndGet() <= throttling.maxPendingMessages()
        && waitingBytes.tryAcquire(connection.client(), bytes)) {
      return true;
    }
    pending.decrementAndGet();
    return false;
  }

  private QueueEntry classified(MessageView message, long bytes, InboundEvent event) {
    try {
      return QueueEntry.message(event, throttling.classify(message), bytes);
    } catch (Throwable e) {
      MessageHit unclassified = new MessageHit(message, ThrottleGroup.of(List.of()));
      QueueEntry failed = QueueEntry.message(event, unclassified, bytes);
      failed.decide(null, e);
      return failed;
    }
  }

  /**
   * Dispatches a ping. Unless pings are charged, it is delivered at once. A denied ping, or one
   * beyond the limits, is dropped.
   *
   * @param ping the view of the ping's content
   * @param event sends the pong
   */
  public void dispatchPing(MessageView ping, InboundEvent event) {
    Objects.requireNonNull(ping, "ping must not be null");
    Objects.requireNonNull(event, "event must not be null");
    MessageHit hit = throttling.ping(ping);
    if (hit == null) {
      deliver(QueueEntry.event(event));
    } else if (!connection.isClosed() && reserve(bytes(ping))) {
      queue.add(QueueEntry.ping(event, hit, bytes(ping)));
      decideAndDeliver();
    }
  }

  /**
   * Dispatches the opening of the connection; call it before any message. A denied connection is
   * closed with 1013, and none of its messages is delivered.
   *
   * @param event delivers the opening to its handler
   */
  public void dispatchOpen(InboundEvent event) {
    Objects.requireNonNull(event, "event must not be null");
    if (connection.countOpen()) {
      queue.add(QueueEntry.opening(event, throttling.opening(connection.handshake())));
      decideAndDeliver();
    }
  }

  /**
   * Dispatches an event that is not throttled, for example the end of the connection. It is
   * delivered after all earlier messages.
   *
   * @param event delivers the event to its handler
   */
  public void dispatchUnthrottled(InboundEvent event) {
    queue.add(QueueEntry.event(Objects.requireNonNull(event, "event must not be null")));
    decideAndDeliver();
  }

  private void decideAndDeliver() {
    decide();
    if (queue.claimTurn()) {
      deliverReady();
    }
  }

  /** Decides about the next messages, until a decision is not immediate. */
  private void decide() {
    if (connection.isClosed()) {
      queue.skipUndecided();
    }
    List<QueueEntry> batch = queue.claimBatch();
    while (!batch.isEmpty()) {
      List<QueueEntry> claimed = batch;
      CompletableFuture<?> decision = BatchDecision.decide(claimed);
      if (!decision.isDone()) {
        var unused = decision.whenComplete((done, thrown) -> onDecision(claimed, thrown));
        return;
      }
      queue.endBatch(claimed);
      batch = queue.claimBatch();
    }
  }

  /** The thread that completes decisions must run neither handlers nor functions of throttles. */
  private void onDecision(List<QueueEntry> batch, @Nullable Throwable thrown) {
    if (thrown != null) {
      batch.forEach(entry -> entry.decideIfUndecided(thrown));
    }
    queue.endBatch(batch);
    execute(this::decideAndDeliver);
  }

  private void execute(Runnable task) {
    try {
      handlers.execute(task);
    } catch (RejectedExecutionException e) {
      closeAndRun(task);
    } catch (Throwable t) {
      // For example because no thread can be started. The messages must not wait for ever.
      closeAndRun(task);
      throw t;
    }
  }

  private void closeAndRun(Runnable task) {
    try {
      connection.close(ThrottledMessage.TRY_AGAIN_LATER, "The server is overloaded.");
    } finally {
      // The connection is closed, so this delivers only events; messages are dropped.
      task.run();
    }
  }

  /** Delivers entries until none is ready or the turn's time is over. */
  private void deliverReady() {
    long end = System.nanoTime() + TURN_NANOS;
    try {
      QueueEntry next = queue.poll();
      while (next != null) {
        deliver(next);
        next = System.nanoTime() - end < 0 ? queue.poll() : null;
      }
    } finally {
      // The next entry is delivered after those of other connections.
      if (queue.renewTurn()) {
        execute(this::deliverReady);
      }
    }
  }

  private void deliver(QueueEntry next) {
    try {
      switch (next.kind()) {
        case EVENT -> next.event().deliver();
        case OPENING, MESSAGE, PING -> deliverIfAllowed(next);
        case OVERFLOW -> denyAll(next.count());
      }
    } catch (Exception e) {
      next.event().onHandlerError(e);
    } finally {
      if (next.isLimited()) {
        pending.decrementAndGet();
        waitingBytes.release(connection.client(), next.bytes());
      }
      if (queue.endDelivery(next)) {
        decide();
      }
    }
  }

  /** Catches the exceptions of each answer, so that the others are still sent. */
  private void denyAll(int messages) {
    for (int n = 0; n < messages && !connection.isClosed(); n++) {
      try {
        connection.deny(connection.handshake(), null);
      } catch (Exception e) {
        onAnswerError.accept(e);
      }
    }
  }

  private void deliverIfAllowed(QueueEntry entry) throws Exception {
    Throwable thrown = entry.thrown();
    if (connection.isClosed()) {
      entry.refund();
    } else if (thrown == null) {
      handle(entry);
    } else if (thrown instanceof ConnectionThrottledException denial) {
      answer(entry, denial);
    } else if (thrown instanceof BackendException failure) {
      answer(entry, failure);
    } else {
      // Errors are wrapped, because throwing them would end a shared thread.
      entry
          .event()
          .onThrottleError(
              thrown instanceof Exception exception
                  ? exception
                  : BackendException.of("A throttle failed", thrown));
    }
  }

  /** Also answers denials by throttles that the handler itself calls. */
  private void handle(QueueEntry entry) throws Exception {
    try {
      entry.event().deliver();
    } catch (ConnectionThrottledException e) {
      answer(entry, e);
    } catch (BackendException e) {
      answer(entry, e);
    }
  }

  /** Both the application and the client receive the failure. */
  private void answer(QueueEntry entry, BackendException failure) {
    entry.event().onHandlerError(failure);
    switch (entry.kind()) {
      case OPENING -> connection.answerOpening(failure);
      case MESSAGE -> connection.undecided(entry.hit().view(), failure);
      default -> {}
    }
  }

  private void answer(QueueEntry entry, ConnectionThrottledException denial) {
    switch (entry.kind()) {
      case OPENING -> connection.denyOpening(denial);
      case MESSAGE -> connection.deny(entry.hit().view(), denial);
      // A missing pong is the answer to a ping.
      default -> {}
    }
  }
}
