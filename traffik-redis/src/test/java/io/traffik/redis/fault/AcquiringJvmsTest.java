package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisProcess;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Two JVMs wait for the tokens of one client, on real clocks. */
@Isolated
@Tag("fault")
class AcquiringJvmsTest {

  private static final long TOKEN_MILLIS = 200;

  /** A busy machine wakes the waiting late, which shortens the distance to the next. */
  private static final long LATENESS_MILLIS = 150;

  private static final Pattern SCRIPTS = Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+)");

  private record Proceeded(int number, long millis) {}

  @Test
  void t10_waitingHitsAreOneCallEachInOrderAndEvenlySpaced() throws Exception {
    List<Proceeded> all = new ArrayList<>();
    try (RedisProcess server = RedisProcess.start();
        RedisConnection admin = server.connect()) {
      Map<ClientLibrary, Process> jvms = new EnumMap<>(ClientLibrary.class);
      try {
        for (ClientLibrary client : ClientLibrary.values()) {
          jvms.put(client, start(client, server.uri().toString()));
        }
        for (Process jvm : jvms.values()) {
          assertThat(line(jvm)).isEqualTo("ready");
        }
        // Opening has run the script, too.
        long before = scripts(admin);
        for (Process jvm : jvms.values()) {
          Writer commands = jvm.outputWriter(StandardCharsets.UTF_8);
          commands.write("\n");
          commands.flush();
        }
        for (ClientLibrary client : ClientLibrary.values()) {
          List<Proceeded> own = proceeded(line(jvms.get(client)));
          assertThat(own).hasSize(AcquireLoopMain.CALLS);
          if (client == ClientLibrary.LETTUCE) {
            // Jedis sends simultaneous calls over several connections, in any order.
            assertThat(own).isSortedAccordingTo(Comparator.comparing(Proceeded::number));
          }
          all.addAll(own);
        }
        assertThat(scripts(admin) - before).as("calls of the store").isEqualTo(all.size());
      } finally {
        jvms.values().forEach(Process::destroyForcibly);
      }
    }
    List<Long> times = all.stream().map(Proceeded::millis).sorted().toList();
    for (int first = 0; first < times.size(); first++) {
      for (int last = first + 1; last < times.size(); last++) {
        assertThat(times.get(last) - times.get(first))
            .as("%d hits in", last - first)
            .isGreaterThanOrEqualTo((last - first) * TOKEN_MILLIS - LATENESS_MILLIS);
      }
    }
    assertThat(times.get(times.size() - 1) - times.get(0))
        .as("no token is lost")
        .isLessThan((times.size() - 1) * TOKEN_MILLIS + 2_000);
  }

  private static Process start(ClientLibrary client, String uri) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            AcquireLoopMain.class.getName(),
            client.name(),
            uri,
            "acquiring")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String line(Process jvm) throws IOException {
    return jvm.inputReader(StandardCharsets.UTF_8).readLine();
  }

  private static List<Proceeded> proceeded(String line) {
    return Stream.of(line.substring("proceeded ".length()).split(" "))
        .map(text -> text.split(":"))
        .map(parts -> new Proceeded(Integer.parseInt(parts[0]), Long.parseLong(parts[1])))
        .toList();
  }

  private static long scripts(RedisConnection admin) {
    Matcher matcher = SCRIPTS.matcher(admin.text("INFO", "commandstats"));
    return matcher.results().mapToLong(result -> Long.parseLong(result.group(1))).sum();
  }
}
