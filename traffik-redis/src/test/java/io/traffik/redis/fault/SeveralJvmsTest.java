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

/** Three virtual machines with four threads each on one client's bucket. */
@Isolated
@Tag("fault")
class SeveralJvmsTest {

  private static final String RATE = "100/s";
  private static final long CAPACITY = 5_000;
  private static final long FIRST = CAPACITY / 2;
  private static final int MACHINES = 3;
  private static final long HOUR_SECONDS = 3_600;

  private final RedisServer server = RedisServers.standalone();

  /**
   * What was granted and what is left is what was there and what refilled by the server's clock
   * between the first hit and the last look.
   */
  @ParameterizedTest
  @EnumSource
  void b3_s2_togetherTheyAreGrantedTheCapacityAndWhatTheServersClockRefilled(Client client)
      throws Exception {
    String namespace = "machines" + System.nanoTime();
    Rate rate = Rate.parse(RATE).withCapacity(CAPACITY);
    QuotaPolicy policy = QuotaPolicy.of("api", List.of(rate));
    List<Machine> machines = new ArrayList<>();
    try (ShiftedClock clock = new ShiftedClock();
        Backend backend = client.alone(server.uri().toString(), namespace);
        RedisConnection admin = server.connect()) {
      backend.open();
      for (int i = 0; i < MACHINES; i++) {
        machines.add(
            new Machine(clock, i * HOUR_SECONDS, client, server.uri().toString(), namespace));
      }
      for (Machine machine : machines) {
        machine.awaitReady();
      }
      long first = micros(admin);
      // So much that it is not full again before the others begin: what comes then is lost.
      assertThat(backend.decide(Operation.HIT, policy, "client", "", FIRST)[0]).isNotNegative();
      long firstAtMost = micros(admin);
      machines.forEach(Machine::order);
      Condition.await("all is spent", () -> left(backend, policy) == 0);
      machines.forEach(Machine::order);
      long granted = FIRST;
      for (Machine machine : machines) {
        granted += machine.granted();
      }
      long last = micros(admin);
      long left = left(backend, policy);
      long lastAtMost = micros(admin);
      assertThat(granted + left)
          .isBetween(
              CAPACITY + (last - firstAtMost) * 1_000 / rate.nanosPerToken(),
              CAPACITY + (lastAtMost - first) * 1_000 / rate.nanosPerToken());
      backend.reset();
    } finally {
      machines.forEach(Machine::end);
    }
  }

  /** So an application's clock makes no difference, wherever it is. */
  @Test
  void s2_noClassReadsTheHostsClock() throws Exception {
    Path classes =
        Path.of(RedisBackend.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes)) {
      List<Path> compiled = files.filter(file -> file.toString().endsWith(".class")).toList();
      assertThat(compiled).hasSizeGreaterThan(10);
      for (Path each : compiled) {
        // Names of methods and types stand in a class as they are written.
        assertThat(Files.readString(each, StandardCharsets.ISO_8859_1))
            .as(each.toString())
            .doesNotContain(
                "currentTimeMillis", "java/time/Clock", "java/time/Instant", "java/util/Date");
      }
    }
  }

  private static long left(Backend backend, QuotaPolicy policy) {
    return backend.decide(Operation.PEEK, policy, "client", "", 0)[0]
        / policy.rate(0).nanosPerToken();
  }

  private static long micros(RedisConnection admin) {
    List<String> time = admin.list("TIME");
    return Long.parseLong(time.get(0)) * 1_000_000 + Long.parseLong(time.get(1));
  }

  /** A {@link Hitter}, its clock set ahead where that can be. */
  private static final class Machine {

    private final Process process;
    private final BufferedReader says;
    private final Writer orders;
    private final long aheadSeconds;

    Machine(ShiftedClock clock, long seconds, Client client, String uri, String namespace)
        throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-Xmx64m",
              "-cp",
              System.getProperty("java.class.path"),
              Hitter.class.getName(),
              client.name(),
              uri,
              namespace,
              RATE,
              String.valueOf(CAPACITY));
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
      this.aheadSeconds = clock.apply(builder.environment(), seconds);
      this.process = builder.start();
      this.says = process.inputReader(StandardCharsets.UTF_8);
      this.orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    void awaitReady() throws IOException {
      long now = Long.parseLong(said("ready "));
      assertThat(now - System.currentTimeMillis())
          .as("its clock is apart")
          .isBetween(1_000 * aheadSeconds - 60_000, 1_000 * aheadSeconds + 60_000);
    }

    void order() {
      try {
        orders.write("\n");
        orders.flush();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    long granted() throws IOException {
      return Long.parseLong(said("granted "));
    }

    private String said(String beginning) throws IOException {
      String line = says.readLine();
      assertThat(line).as("what a machine says").startsWith(beginning);
      return line.substring(beginning.length());
    }

    void end() {
      process.destroyForcibly();
    }
  }
}
