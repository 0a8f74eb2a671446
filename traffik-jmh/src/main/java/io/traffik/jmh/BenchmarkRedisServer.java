package io.traffik.jmh;

import io.traffik.redis.server.RedisProcess;
import java.net.URI;
import java.util.Optional;

/**
 * The Redis server under measurement: the one that the environment variable {@value #URI_VARIABLE}
 * names, or a new process on the loopback interface without persistence.
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
