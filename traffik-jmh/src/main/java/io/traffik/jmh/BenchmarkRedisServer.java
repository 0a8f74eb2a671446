package io.traffik.jmh;

import io.traffik.redis.server.RedisProcess;
import java.net.URI;
import java.util.Optional;

/**
 * The server that is measured: the one that the environment names ({@value #URI_VARIABLE}), else a
 * process of its own on the loopback that keeps nothing on disk.
 */
final class BenchmarkRedisServer implements AutoCloseable {

  static final String URI_VARIABLE = "TRAFFIK_TEST_REDIS_URI";

  private final Optional<RedisProcess> process;
  private final URI uri;

  BenchmarkRedisServer() {
    String named = System.getenv().getOrDefault(URI_VARIABLE, "");
    this.process = named.isBlank() ? Optional.of(RedisProcess.start()) : Optional.empty();
    this.uri = process.map(RedisProcess::uri).orElseGet(() -> URI.create(named));
  }

  URI uri() {
    return uri;
  }

  @Override
  public void close() {
    process.ifPresent(RedisProcess::close);
  }
}
