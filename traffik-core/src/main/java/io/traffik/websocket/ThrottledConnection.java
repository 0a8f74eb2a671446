package io.traffik.websocket;

import io.traffik.BackendException;
import io.traffik.ConnectionThrottledException;
import io.traffik.ConnectionView;
import io.traffik.Identity;
import io.traffik.spi.FairShareLimiter;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One open connection with its throttles and its answers, for adapters. Adapters create one for
 * each connection, call {@link #open} before its first message and {@link #end} after its end.
 *
 * <p>{@link #open} and {@link #admit} wait for the store on the calling thread. They suit servers
 * that read the next message of a connection only after the callback of the last one has returned.
 * While a decision is pending, such a server stops reading from the client, and nothing is queued.
 * For other servers use a {@link MessageDispatcher}.
 *
 * <p>Safe for any number of threads. No parameter may be null.
 */
public final class ThrottledConnection {

  /** Whether the connection counts as an open one of its client. */
  private enum Count {
    NOT_YET,
    COUNTED,
    ENDED
  }

  private final WebSocketThrottling throttling;
  private final MessageChannel channel;
  private final ConnectionView handshake;
  private final String client;
  private final boolean exempt;
  private final AtomicReference<Count> count = new AtomicReference<>(Count.NOT_YET);

  /** Whether this object closed the connection. Later messages are dropped. */
  private volatile boolean closed;

  /**
   * Creates the state of a connection.
   *
   * @param throttling the throttles of the connection and its messages
   * @param channel sends answers to the client
   * @param handshake the view of the connection's handshake
   */
  public ThrottledConnection(
      WebSocketThrottling throttling, MessageChannel channel, ConnectionView handshake) {
    this.throttling = Objects.requireNonNull(throttling, "throttling must not be null");
    this.channel = Objects.requireNonNull(channel, "channel must not be null");
    this.handshake = Objects.requireNonNull(handshake, "handshake must not be null");
    Identity identity = throttling.clientOf(handshake);
    this.exempt = identity != null && identity.equals(Identity.EXEMPT);
    this.client = clientOf(identity);
  }

  /** Connections without an identity are one client, and each exempt connection is another. */
  private static String clientOf(@Nullable Identity identity) {
    if (identity == null) {
      // No identity is blank.
      return "";
    }
    return identity.equals(Identity.EXEMPT) ? ConnectionId.next().value() : identity.value();
  }

  /**
   * Decides about the new connection. A denied connection is closed with 1013, and all of its
   * messages are dropped.
   *
   * @param waitingThreads limits the threads of a pool that wait for a store. A connection for
   *     which none is left is denied
   * @return whether to notify the application of the connection
   * @throws RuntimeException any exception of a throttle that cannot decide
   */
  public boolean open(FairShareLimiter waitingThreads) {
    Objects.requireNonNull(waitingThreads, "waitingThreads must not be null");
    if (!countOpen()) {
      return false;
    }
    MessageHit opening = throttling.opening(handshake);
    if (opening.throttles().throttles().isEmpty()) {
      return true;
    }
    return decide(opening, waitingThreads, this::denyOpening);
  }

  /** Charges a hit, or passes on its denial: null if no thread is left to wait for the store. */
  private boolean decide(
      MessageHit hit,
      FairShareLimiter waitingThreads,
      Consumer<@Nullable ConnectionThrottledException> onDenial) {
    ConnectionThrottledException denial = null;
    if (waitingThreads.tryAcquire(client, 1)) {
      try {
        hit.throttles().charge(hit.view());
        return true;
      } catch (ConnectionThrottledException e) {
        denial = e;
      } finally {
        waitingThreads.release(client, 1);
      }
    }
    onDenial.accept(denial);
    return false;
  }

  /**
   * Counts the connection. Closes it and returns false if its client has too many. Returns false as
   * well if the server has reported the end on another thread already.
   */
  boolean countOpen() {
    ConnectionLimit limit = throttling.connectionLimit();
    if (limit == null || exempt) {
      return count.get() != Count.ENDED;
    }
    if (limit.tryAcquire(client)) {
      boolean counted = count.compareAndSet(Count.NOT_YET, Count.COUNTED);
      if (!counted) {
        limit.release(client);
      }
      return counted;
    }
    close(ThrottledMessage.TRY_AGAIN_LATER, "Too many open connections.");
    return false;
  }

  /** Closes a connection that was denied, or that overload denied if there is no exception. */
  void denyOpening(@Nullable ConnectionThrottledException denial) {
    ThrottledMessage opening = new ThrottledMessage(this, handshake, denial);
    close(ThrottledMessage.TRY_AGAIN_LATER, opening.detail());
  }

  /**
   * Decides about a message, and answers it if it is denied. If the connection was closed by an
   * answer, the message is dropped without a decision.
   *
   * @param message the view of the message, in the context {@code default}
   * @param waitingThreads limits the threads of a pool that wait for a store. A message for which
   *     none is left is denied
   * @return whether to call the message's handler
   * @throws RuntimeException any exception of a throttle that cannot decide, or of the answer
   */
  public boolean admit(MessageView message, FairShareLimiter waitingThreads) {
    Objects.requireNonNull(message, "message must not be null");
    Objects.requireNonNull(waitingThreads, "waitingThreads must not be null");
    if (closed) {
      return false;
    }
    MessageHit hit = throttling.classify(message);
    return decide(hit, waitingThreads, denial -> deny(hit.view(), denial));
  }

  /**
   * Decides about a ping, unless pings are not charged.
   *
   * @param ping the view of the ping's content
   * @param waitingThreads limits the threads of a pool that wait for a store. A ping for which none
   *     is left is denied
   * @return whether to send a pong
   * @throws RuntimeException any exception of a throttle that cannot decide
   */
  public boolean admitPing(MessageView ping, FairShareLimiter waitingThreads) {
    Objects.requireNonNull(ping, "ping must not be null");
    Objects.requireNonNull(waitingThreads, "waitingThreads must not be null");
    MessageHit hit = throttling.ping(ping);
    if (hit == null) {
      return true;
    }
    return !closed && decide(hit, waitingThreads, denial -> {});
  }

  /**
   * Answers a message whose handler called a throttle that denied.
   *
   * @param message the view of the message
   * @param denial the exception of the handler
   */
  public void answer(MessageView message, ConnectionThrottledException denial) {
    Objects.requireNonNull(message, "message must not be null");
    deny(message, Objects.requireNonNull(denial, "denial must not be null"));
  }

  /**
   * Answers a message that a backend's failure leaves undecided, because a throttle has {@link
   * io.traffik.FailurePolicy#THROW}. The answer is that to a throttled message, with status 503.
   *
   * @param message the view of the message
   * @param failure the exception of {@link #admit} or of the message's handler
   */
  public void answer(MessageView message, BackendException failure) {
    Objects.requireNonNull(message, "message must not be null");
    undecided(message, Objects.requireNonNull(failure, "failure must not be null"));
  }

  void undecided(ConnectionView view, BackendException failure) {
    throttling.answer().answer(new ThrottledMessage(this, view, failure));
  }

  /**
   * Closes a connection that a backend's failure leaves undecided with 1013.
   *
   * @param failure the exception of {@link #open}
   */
  public void answerOpening(BackendException failure) {
    Objects.requireNonNull(failure, "failure must not be null");
    ThrottledMessage opening = new ThrottledMessage(this, handshake, failure);
    close(ThrottledMessage.TRY_AGAIN_LATER, opening.detail());
  }

  /** Answers a denied message, or one that overload denied if there is no exception. */
  void deny(ConnectionView view, @Nullable ConnectionThrottledException denial) {
    throttling.answer().answer(new ThrottledMessage(this, view, denial));
  }

  /** Counts the connection as closed. Calling it again has no effect. */
  public void end() {
    ConnectionLimit limit = throttling.connectionLimit();
    if (count.getAndSet(Count.ENDED) == Count.COUNTED && limit != null) {
      limit.release(client);
    }
  }

  WebSocketThrottling throttling() {
    return throttling;
  }

  ConnectionView handshake() {
    return handshake;
  }

  /** The client whose shares this connection occupies. */
  String client() {
    return client;
  }

  boolean isClosed() {
    return closed;
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
    if (!closed) {
      closed = true;
      channel.close(code, reason);
    }
  }
}
