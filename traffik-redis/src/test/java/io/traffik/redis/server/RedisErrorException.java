package io.traffik.redis.server;

/** A server answered with an error. */
public final class RedisErrorException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RedisErrorException(String message) {
    super(message);
  }
}
