package io.traffik.redis.server;

import java.net.URI;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A server in a container. The system property {@value #IMAGE} sets the image, for example {@code
 * redis:7}, {@code redis:8} (the default) or {@code valkey/valkey:8}.
 */
final class DockerServer {

  static final String IMAGE = "traffik.redis.image";

  private static final int PORT = 6379;

  private DockerServer() {}

  /** Starts a server; empty if Docker is not available and no image was requested. */
  static Optional<RedisServer> start() {
    String requested = System.getProperty(IMAGE, "");
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      if (requested.isEmpty()) {
        return Optional.empty();
      }
      throw new IllegalStateException(
          "Docker is not available. Start it, or remove -D" + IMAGE + "=" + requested);
    }
    String image = requested.isEmpty() ? "redis:8" : requested;
    // Testcontainers stops the container when this JVM ends.
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(image)).withExposedPorts(PORT);
    container.start();
    URI uri = URI.create("redis://" + container.getHost() + ":" + container.getMappedPort(PORT));
    return Optional.of(new RedisServer(uri, "Docker, " + image));
  }
}
