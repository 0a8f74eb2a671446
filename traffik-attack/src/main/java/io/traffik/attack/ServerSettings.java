package io.traffik.attack;

import io.traffik.attack.scenario.AttackScale;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.ServerKind;
import java.io.File;
import java.nio.file.Path;
import java.util.List;

/**
 * The settings of a server under attack.
 *
 * @param redisUri the server of the Redis backends
 * @param throttled false for a server without throttles
 * @param virtualThreads whether Javalin handles requests on virtual threads
 */
record ServerSettings(
    ServerKind server,
    BackendKind backend,
    String redisUri,
    AttackScale scale,
    boolean throttled,
    boolean virtualThreads) {

  private static final String HEAP = "-Xmx128m";

  /** The command of a JVM with the class path of this one. */
  List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        HEAP,
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        // A short attack ends before compilation by C2 would pay off.
        scale == AttackScale.SHORT ? "-XX:TieredStopAtLevel=1" : "-XX:+TieredCompilation",
        "-cp",
        absolute(System.getProperty("java.class.path")),
        AttackedServerMain.class.getName(),
        server.name(),
        backend.name(),
        redisUri,
        scale.name(),
        String.valueOf(throttled),
        String.valueOf(virtualThreads));
  }

  private static String absolute(String classPath) {
    return String.join(
        File.pathSeparator,
        List.of(classPath.split(File.pathSeparator, -1)).stream()
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }
}
