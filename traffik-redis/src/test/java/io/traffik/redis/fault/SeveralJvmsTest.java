package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.redis.RedisBackend;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisServer;
import io.traffik.redis.server.RedisServers;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three JVMs with four threads each on one client's bucket. */
@Isolated
@Tag("fault")
class SeveralJvmsTest {

  private static final String RATE = "100/s";
  private static final long CAPACITY = 5_000;
  private static final long FIRST_COST = CAPACITY / 2;
  private static final int JVMS = 3;
  private static final long HOUR_SECONDS = 3_600;

  private final RedisServer server = RedisServers.standalone();

  /**
   * Granted and remaining tokens equal the capacity plus the refill. The refill follows the
   * server's clock from the first hit to the last peek.
   */
  @ParameterizedTest
  @EnumSource
  void b3_s2_allJvmsTogetherAreGrantedCapacityAndRefillByTheServersClock(ClientLibrary client)
      throws Exception {
    String namespace = "jvms" + System.nanoTime();
    Rate rate = Rate.parse(RATE).withCapacity(CAPACITY);
    QuotaPolicy policy = QuotaPolicy.of("api", List.of(rate));
    List<HitLoopJvm> jvms = new ArrayList<>();
    try (ShiftedClock clock = new ShiftedClock();
        Backend backend =
            client.standalone(server.uri().toString(), namespace, HitLoopMain.DEADLINE);
        RedisConnection admin = server.connect()) {
      backend.open();
      for (int i = 0; i < JVMS; i++) {
        jvms.add(
            new HitLoopJvm(clock, i * HOUR_SECONDS, client, server.uri().toString(), namespace));
      }
      for (HitLoopJvm jvm : jvms) {
        jvm.awaitReady();
      }
      long beforeFirst = micros(admin);
      // Large enough that the bucket does not fill up, and lose refill, before the JVMs start.
      assertThat(
              backend.decide(new BackendCall(Operation.HIT, policy, "client", "", FIRST_COST))[0])
          .isNotNegative();
      long afterFirst = micros(admin);
      jvms.forEach(HitLoopJvm::sendLine);
      Condition.await("the bucket is empty", () -> remaining(backend, policy) == 0);
      jvms.forEach(HitLoopJvm::sendLine);
      long granted = FIRST_COST;
      for (HitLoopJvm jvm : jvms) {
        granted += jvm.granted();
      }
      long beforeLast = micros(admin);
      long remaining = remaining(backend, policy);
      long afterLast = micros(admin);
      assertThat(granted + remaining)
          .isBetween(
              CAPACITY + (beforeLast - afterFirst) * 1_000 / rate.nanosPerToken(),
              CAPACITY + (afterLast - beforeFirst) * 1_000 / rate.nanosPerToken());
      backend.reset();
    } finally {
      jvms.forEach(HitLoopJvm::kill);
    }
  }

  /** The host's clock therefore never influences a decision. */
  @Test
  void s2_noClassReadsTheHostsClock() throws Exception {
    Path classes =
        Path.of(RedisBackend.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes)) {
      List<Path> compiled = files.filter(file -> file.toString().endsWith(".class")).toList();
      assertThat(compiled).hasSizeGreaterThan(10);
      for (Path each : compiled) {
        // A class file contains the names of methods and types in plain text.
        assertThat(Files.readString(each, StandardCharsets.ISO_8859_1))
            .as(each.toString())
            .doesNotContain(
                "currentTimeMillis", "java/time/Clock", "java/time/Instant", "java/util/Date");
      }
    }
  }

  private static long remaining(Backend backend, QuotaPolicy policy) {
    return backend.decide(new BackendCall(Operation.PEEK, policy, "client", "", 0))[0]
        / policy.rate(0).nanosPerToken();
  }

  private static long micros(RedisConnection admin) {
    List<String> time = admin.list("TIME");
    return Long.parseLong(time.get(0)) * 1_000_000 + Long.parseLong(time.get(1));
  }

  /** A process of {@link HitLoopMain}, with a shifted clock where possible. */
  private static final class HitLoopJvm {

    private final Process process;
    private final BufferedReader output;
    private final Writer commands;
    private final long offsetSeconds;

    HitLoopJvm(ShiftedClock clock, long seconds, ClientLibrary client, String uri, String namespace)
        throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-Xmx64m",
              "-cp",
              System.getProperty("java.class.path"),
              HitLoopMain.class.getName(),
              client.name(),
              uri,
              namespace,
              RATE,
              String.valueOf(CAPACITY));
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
      this.offsetSeconds = clock.apply(builder.environment(), seconds);
      this.process = builder.start();
      this.output = process.inputReader(StandardCharsets.UTF_8);
      this.commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    void awaitReady() throws IOException {
      long now = Long.parseLong(read("ready "));
      assertThat(now - System.currentTimeMillis())
          .as("offset of the clock")
          .isBetween(1_000 * offsetSeconds - 60_000, 1_000 * offsetSeconds + 60_000);
    }

    void sendLine() {
      try {
        commands.write("\n");
        commands.flush();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    long granted() throws IOException {
      return Long.parseLong(read("granted "));
    }

    private String read(String beginning) throws IOException {
      String line = output.readLine();
      assertThat(line).as("output of a JVM").startsWith(beginning);
      return line.substring(beginning.length());
    }

    void kill() {
      process.destroyForcibly();
    }
  }
}
