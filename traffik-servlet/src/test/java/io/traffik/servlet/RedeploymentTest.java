package io.traffik.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.redis.server.RedisServers;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A web application with all its libraries is started and stopped on a Tomcat of its own JVM. */
@Isolated
final class RedeploymentTest {

  /** What the server provides; everything else is in WEB-INF/lib. */
  private static final List<String> SERVER =
      List.of("tomcat", "jetty", "servlet-api", "spring", "junit", "assertj", "-tests.jar");

  private static final String PACKAGE = RedeploymentTest.class.getPackageName().replace('.', '/');

  @ParameterizedTest
  @ValueSource(strings = {"memory", "lettuce", "lettuce-sentinel", "jedis"})
  void l3_aStoppedApplicationLeavesNothing(String client, @TempDir Path directory)
      throws Exception {
    Path application = application(client, directory);
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.rmi/sun.rmi.transport=ALL-UNNAMED",
            "-cp",
            String.join(File.pathSeparator, serverClassPath(directory)),
            RedeploymentMain.class.getName(),
            application.toString(),
            directory.resolve("tomcat").toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.lines().filter("answers: 200 200 429"::equals)).as(output).hasSize(7);
    assertThat(output).contains("class loaders that remain: 0", "warnings: 0");
  }

  private static Path application(String client, Path directory) throws Exception {
    Path application = directory.resolve("application");
    Path libraries = Files.createDirectories(application.resolve("WEB-INF/lib"));
    Path classes = application.resolve("WEB-INF/classes");
    for (Path entry : classPath()) {
      if (Files.isDirectory(entry)) {
        if (!entry.endsWith("test-classes")) {
          copy(entry, classes, "");
        }
      } else if (SERVER.stream().noneMatch(entry.getFileName().toString()::contains)) {
        Files.copy(entry, libraries.resolve(entry.getFileName()));
      }
    }
    copy(testClasses(), classes, PACKAGE + "/RedeployedApplication");
    Files.writeString(
        application.resolve("WEB-INF/web.xml"),
        """
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1" metadata-complete="true">
          <context-param><param-name>client</param-name><param-value>%s</param-value></context-param>
          <context-param><param-name>uri</param-name><param-value>%s</param-value></context-param>
          <listener><listener-class>%s</listener-class></listener>
        </web-app>
        """
            .formatted(
                client.replace("-sentinel", ""),
                client.endsWith("-sentinel")
                    ? RedisServers.sentinel().uri()
                    : RedisServers.standalone().uri(),
                RedeployedApplication.class.getName()));
    return application;
  }

  private static List<String> serverClassPath(Path directory) throws Exception {
    Path main = directory.resolve("server");
    copy(testClasses(), main, PACKAGE + "/RedeploymentMain");
    List<String> entries = new ArrayList<>(List.of(main.toString()));
    for (Path entry : classPath()) {
      if (entry.getFileName().toString().contains("tomcat")) {
        entries.add(entry.toString());
      }
    }
    return entries;
  }

  private static List<Path> classPath() {
    String classPath = System.getProperty("java.class.path");
    return Stream.of(classPath.split(File.pathSeparator, -1)).map(Path::of).toList();
  }

  private static Path testClasses() throws Exception {
    return Path.of(
        RedeploymentTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static void copy(Path from, Path to, String prefix) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path relative = from.relativize(file);
        if (relative.startsWith("META-INF") || relative.endsWith("module-info.class")) {
          continue;
        }
        if (relative.toString().startsWith(prefix)) {
          Path target = to.resolve(relative);
          Files.createDirectories(target.getParent());
          Files.copy(file, target);
        }
      }
    }
  }
}
