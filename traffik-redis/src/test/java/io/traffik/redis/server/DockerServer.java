package io.traffik.redis.server;

import java.net.URI;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A server in a container. The system property {@value #IMAGE} chooses the image: {@code redis:7},
 * {@code redis:8} (unless told) or {@code valkey/valkey:8}.
 */
final class DockerServer {

  static final String IMAGE = "traffik.redis.image";

  private static final int PORT = 6379;

  private DockerServer() {}

  /** Starts one; empty if Docker is not there and no image was asked for. */
  static Optional<RedisServer> start() {
    String asked = System.getProperty(IMAGE, "");
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      if (asked.isEmpty()) {
        return Optional.empty();
      }
      throw new IllegalStateException(IMAGE + " needs Docker, which is not there: " + asked);
    }
    String image = asked.isEmpty() ? "redis:8" : asked;
    // Stopped by Testcontainers' own reaper when this virtual machine ends
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(image)).withExposedPorts(PORT);
    container.start();
    URI uri = URI.create("redis://" + container.getHost() + ":" + container.getMappedPort(PORT));
    return Optional.of(new RedisServer(uri, "Docker, " + image));
  }
}
