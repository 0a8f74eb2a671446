package io.traffik.jmh.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.jmh.check.HelloServer.Variant;
import io.traffik.jmh.check.HttpResult.Comparison;
import io.traffik.jmh.check.HttpResult.Run;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All variants respond as they should, and ratios are compared with the targets. */
final class HttpCheckTest {

  @ParameterizedTest
  @EnumSource
  void everyServerAnswersInEveryVariant(HelloServer.Kind kind) throws Exception {
    HttpResult result = HttpCheck.measure(kind, 0, 1, 1);
    assertThat(result.plain()).isPositive();
    assertThat(
            List.of(
                result.allowed(), result.denied(), result.allowedByHand(), result.deniedByHand()))
        .allSatisfy(found -> assertThat(found.ratio()).isPositive());
  }

  /** A lower bound is one only if it sends as much. */
  @ParameterizedTest
  @EnumSource
  void h1_responsesByHandAreThoseOfAThrottle(HelloServer.Kind kind) throws Exception {
    assertThat(fields(kind, Variant.ALLOWED)).isEqualTo(fields(kind, Variant.ALLOWED_BY_HAND));
    assertThat(fields(kind, Variant.DENIED))
        .isEqualTo(fields(kind, Variant.DENIED_BY_HAND))
        .contains("HTTP/1.1 429 Too Many Requests", "Retry-After: 7200");
  }

  private static List<String> fields(HelloServer.Kind kind, Variant variant) throws Exception {
    try (HelloServer server = HelloServer.start(kind, variant)) {
      new HelloClient(server.port(), 1).close();
      try (HelloClient client = new HelloClient(server.port(), 1)) {
        assertThat(client.run(1)).isPositive();
        return client.head().lines().filter(line -> !line.startsWith("Date:")).sorted().toList();
      }
    }
  }

  @Test
  void aChangedResponseFailsTheRun() throws Exception {
    try (HelloServer server = HelloServer.start(HelloServer.Kind.SERVLET, Variant.DENIED);
        HelloClient allowedAtFirst = new HelloClient(server.port(), 1)) {
      // The lengths differ as well, so the client reads the beginning of the denial.
      assertThatThrownBy(() -> allowedAtFirst.run(1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("The server changed its response");
    }
  }

  @Test
  void theMedianOfTheRatiosIsHeldToTheTargets() {
    Comparison found =
        Comparison.of(
            List.of(new Run(100, 10), new Run(200, 10), new Run(400, 10)),
            List.of(new Run(90, 30), new Run(190, 20), new Run(800, 40)));
    assertThat(found).isEqualTo(new Comparison(0.95, 0.9, 2, 20));
    assertThat(result(0.98, 0.95).summary("Some server")).endsWith("denied 0.95: met");
    assertThat(result(0.97, 0.95).summary("Some server")).endsWith("missed");
    assertThat(result(0.98, 0.94).summary("Some server")).endsWith("missed");
  }

  private static HttpResult result(double allowed, double denied) {
    Map<Variant, List<Run>> runs = new EnumMap<>(Variant.class);
    for (Variant variant : Variant.values()) {
      runs.put(variant, List.of(new Run(1, 0)));
    }
    runs.put(Variant.ALLOWED, List.of(new Run(allowed, 0)));
    runs.put(Variant.DENIED, List.of(new Run(denied, 0)));
    return HttpResult.of(runs);
  }
}
