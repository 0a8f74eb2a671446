package io.traffik.redis.server;

import java.net.URI;

/**
 * A server that runs as long as this JVM. Tests share it, so each uses a namespace of its own.
 *
 * @param uri the address
 * @param origin how the server was found or started
 */
public record RedisServer(URI uri, String origin) {

  /** Opens a connection; the caller closes it. */
  public RedisConnection connect() {
    return RedisConnection.to(uri);
  }

  /** A field of {@code INFO}, for example {@code redis_version}. */
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
