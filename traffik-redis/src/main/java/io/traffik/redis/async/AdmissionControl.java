package io.traffik.redis.async;

import io.traffik.spi.FairShareLimiter;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits the calls to one server that wait for a connection, a thread or an answer. Clients share
 * the places fairly. Blocking and asynchronous calls have places of their own. Thread-safe.
 */
public final class AdmissionControl {

  /**
   * The places of each mode. A client may occupy half of them: 2,048 are enough for 1,000 threads
   * that serve one client, and for its asynchronous calls in a quarter of a second.
   */
  public static final int PLACES = 4_096;

  /** From this number of calls in flight on, they may delay each other beyond the deadline. */
  private static final int MANY = 8;

  /** A server has failed if it has answered no call in time for so many deadlines. */
  private static final int FAILED_AFTER = 4;

  private final FairShareLimiter blocking = new FairShareLimiter(PLACES);
  private final FairShareLimiter asynchronous = new FairShareLimiter(PLACES);
  private final ResponseTracker responses = new ResponseTracker();
  private final LongSupplier nanoTime;

  /** An admission control for one server. */
  public AdmissionControl() {
    this(System::nanoTime);
  }

  AdmissionControl(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether a call blocks the thread of its caller. */
  public enum Mode {
    /** The caller's thread waits for the answer. */
    BLOCKING,
    /** No thread waits. */
    ASYNCHRONOUS
  }

  /** A rejection because of overload. It has no stack trace, since clients can cause thousands. */
  public static final class CallRejectedException extends RejectedExecutionException {

    private static final long serialVersionUID = 1L;

    public CallRejectedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  /** The failure of a call that was not sent, because the server does not answer others. */
  public static final class ServerStalledException extends TimeoutException {

    private static final long serialVersionUID = 1L;

    ServerStalledException(String message) {
      super(message);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  /** A call that occupies a place until it ends. */
  public final class AdmittedCall {

    private final FairShareLimiter places;
    private final String client;
    private final long deadline;
    private final AtomicBoolean ended = new AtomicBoolean();

    private AdmittedCall(FairShareLimiter places, String client, long deadline) {
      this.places = places;
      this.client = client;
      this.deadline = deadline;
    }

    /**
     * The failure of a call that was sent and not answered by its deadline: overload if many calls
     * are in flight and the server has not failed, otherwise the timeout.
     *
     * @param timeout the failure if it is the server's
     * @param timeoutNanos the time that the call had
     */
    public Exception unanswered(Exception timeout, long timeoutNanos) {
      return isOverloaded(timeoutNanos)
          ? new CallRejectedException(
              "Many calls are in flight, and Redis did not answer this one before its deadline; the"
                  + " hit may have been charged. Shed load, or raise .deadline(…).",
              timeout)
          : timeout;
    }

    /**
     * Frees the place. Ending the call again has no effect.
     *
     * @param answered whether the server answered, even with an error
     */
    public void end(boolean answered) {
      if (!ended.compareAndSet(false, true)) {
        return;
      }
      long now = answered ? nanoTime.getAsLong() : 0;
      if (answered && deadline - now > 0) {
        responses.update(now);
      }
      places.release(client, 1);
    }
  }

  /**
   * Admits a call.
   *
   * @param client the identity whose share of the places the call occupies
   * @param deadline the instant of {@link System#nanoTime} until which an answer is timely
   * @param timeoutNanos the time that calls have; several times as long without a timely answer
   *     means a stalled server
   * @throws CallRejectedException if the client has no place
   * @throws ServerStalledException if, in addition, the server has stopped answering
   */
  public AdmittedCall admit(Mode mode, String client, long deadline, long timeoutNanos)
      throws ServerStalledException {
    FairShareLimiter places = mode == Mode.BLOCKING ? blocking : asynchronous;
    // Before the place: a thread that is delayed in between must not make a busy server look
    // silent.
    if (isIdle()) {
      responses.update(nanoTime.getAsLong());
    }
    if (!places.tryAcquire(client, 1)) {
      long silentNanos = responses.silentNanos(nanoTime.getAsLong());
      if (silentNanos > FAILED_AFTER * timeoutNanos) {
        throw new ServerStalledException(
            "no answer from Redis for "
                + TimeUnit.NANOSECONDS.toMillis(silentNanos)
                + " ms, so the call was not sent and nothing was charged. Check what delays the"
                + " server.");
      }
      throw new CallRejectedException(
          "Too many "
              + (mode == Mode.BLOCKING ? "blocking" : "asynchronous")
              + " Redis calls in flight: "
              + places.occupied()
              + " of "
              + PLACES
              + " places are occupied, and a client gets at most as many as are free. Shed load, or"
              + " find out why Redis answers slowly.",
          null);
    }
    return new AdmittedCall(places, client, deadline);
  }

  private boolean isIdle() {
    return blocking.occupied() == 0 && asynchronous.occupied() == 0;
  }

  /**
   * The failure of a call that waited too long before it was sent: overload if many calls are in
   * flight and the server has not failed, otherwise a stalled server.
   *
   * @param timeoutNanos the time that calls have
   */
  public Exception unsent(long timeoutNanos) {
    return isOverloaded(timeoutNanos)
        ? new CallRejectedException(
            "No connection was free before the deadline. Nothing was charged. Shed load, or raise"
                + " .deadline(…).",
            null)
        : new ServerStalledException(
            "no connection to Redis was free before the deadline. The call was not sent, and nothing"
                + " was charged. Check what delays the server.");
  }

  /** Whether a call was late because of many others, and not because the server has failed. */
  private boolean isOverloaded(long timeoutNanos) {
    return blocking.occupied() + asynchronous.occupied() >= MANY
        && responses.silentNanos(nanoTime.getAsLong()) <= FAILED_AFTER * timeoutNanos;
  }

  /** The failure of a call that was sent, but whose thread did not run before the deadline. */
  public Exception unread() {
    return new CallRejectedException(
        "This process was too busy to read the answer to a Redis call before the deadline; the hit"
            + " may have been charged. Shed load.",
        null);
  }
}
