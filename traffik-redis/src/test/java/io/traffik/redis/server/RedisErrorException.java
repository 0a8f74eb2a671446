package io.traffik.redis.server;

/** An error answer of a server. */
public final class RedisErrorException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RedisErrorException(String message) {
    super(message);
  }
}
