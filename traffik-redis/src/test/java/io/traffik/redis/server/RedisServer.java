package io.traffik.redis.server;

import java.net.URI;

/**
 * A server that runs for as long as this virtual machine does. Tests share it and keep to
 * namespaces of their own.
 *
 * @param uri where it is
 * @param origin how it was come by
 */
public record RedisServer(URI uri, String origin) {

  /** A connection of its own, to be closed. */
  public RedisConnection connect() {
    return RedisConnection.to(uri);
  }

  /** The first of the server's own facts by that name, {@code redis_version} say. */
  public String fact(String name) {
    try (RedisConnection connection = connect()) {
      return connection
          .text("INFO")
          .lines()
          .filter(line -> line.startsWith(name + ":"))
          .map(line -> line.substring(name.length() + 1))
          .findFirst()
          .orElseThrow();
    }
  }
}
