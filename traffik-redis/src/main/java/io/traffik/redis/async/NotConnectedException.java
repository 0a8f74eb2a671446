package io.traffik.redis.async;

/**
 * The failure of a call that was not sent, because the last attempt to connect has failed. It has
 * no stack trace, since every call fails until an attempt succeeds.
 */
public final class NotConnectedException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * @param cause the failure of the attempt
   */
  public NotConnectedException(Throwable cause) {
    super("not connected to Redis", cause);
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  public Throwable fillInStackTrace() {
    return this;
  }
}
