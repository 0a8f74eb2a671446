package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.redis.server.FreePorts;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.RedisServers;
import io.traffik.redis.server.ServerCertificate;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The compiled classes work with other versions of Jedis than the build's. */
@Isolated
@NeedsProcesses
@Tag("once")
final class JedisVersionsTest {

  private static final Path VERSIONS = Path.of("target", "clients");
  private static final int MINOR_VERSIONS = 9;
  private static final String TOO_OLD = "5.2.0";

  private static final ServerCertificate CERTIFICATE = ServerCertificate.create();
  private static final int TLS_PORT = FreePorts.next();
  private static RedisProcess server;

  @BeforeAll
  static void start() {
    server = RedisProcess.start(CERTIFICATE.settings(TLS_PORT));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static List<Path> versions() throws Exception {
    try (Stream<Path> jars = Files.walk(VERSIONS)) {
      return jars.filter(jar -> jar.getFileName().toString().matches("jedis-[^5].*\\.jar"))
          .sorted()
          .toList();
    }
  }

  @Test
  void s1_eachOtherMinorVersionIsTested() throws Exception {
    assertThat(versions()).hasSize(MINOR_VERSIONS);
  }

  @Test
  void l1_openNamesTheVersionsThatAreSupported() throws Exception {
    Path jar = VERSIONS.resolve("jedis-" + TOO_OLD).resolve("jedis-" + TOO_OLD + ".jar");
    assertThat(run(jar))
        .contains("ConfigurationException")
        .contains("older than 6.0, and not supported. Use Jedis 6.0 to 8.");
  }

  @ParameterizedTest
  @MethodSource("versions")
  void s1_theBackendWorksWithAnotherVersionOfJedis(Path jar) throws Exception {
    assertThat(run(jar).lines())
        .containsExactly(
            "TLS decides", "cluster decides", "client decides", "client of a cluster decides");
  }

  private static String run(Path jar) throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djavax.net.ssl.trustStore=" + CERTIFICATE.trustStore(),
            "-Djavax.net.ssl.trustStorePassword=" + ServerCertificate.PASSWORD,
            "-cp",
            classPathWith(jar),
            JedisVersionMain.class.getName(),
            "rediss://localhost:" + TLS_PORT,
            server.uri().toString(),
            RedisServers.cluster().uris().get(0));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private static String classPathWith(Path jar) {
    List<String> jars =
        Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator, -1));
    List<String> others =
        jars.stream()
            .filter(each -> !Path.of(each).getFileName().toString().matches("jedis-\\d.*\\.jar"))
            .toList();
    assertThat(others).hasSize(jars.size() - 1);
    return Stream.concat(Stream.of(jar.toAbsolutePath().toString()), others.stream())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
