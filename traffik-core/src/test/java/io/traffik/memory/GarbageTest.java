package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Allocation per hit, measured in a separate virtual machine. The coverage agent of this one
 * enlarges methods and so changes the compiler's decisions.
 */
class GarbageTest {

  private static final Map<String, Double> BYTES_PER_HIT = measured();

  private static Map<String, Double> measured() {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // Waits for the compiler, so that the result does not depend on timing.
            "-Xbatch",
            "-cp",
            System.getProperty("java.class.path"),
            AllocationProbe.class.getName());
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      return output
          .lines()
          .filter(line -> line.startsWith("hits "))
          .map(line -> line.split(" "))
          .collect(Collectors.toMap(words -> words[1], words -> Double.parseDouble(words[2])));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void m4_aHitOnAnExistingBucketLeavesNoGarbage() {
    assertThat(BYTES_PER_HIT.get("bareAllowed")).isLessThan(0.5);
    assertThat(BYTES_PER_HIT.get("bareDenied")).isLessThan(0.5);
  }

  @Test
  void m4_aHitThroughAThrottleLeavesNoGarbage() {
    assertThat(BYTES_PER_HIT.get("throttleAllowed")).isLessThan(0.5);
    assertThat(BYTES_PER_HIT.get("throttleDenied")).isLessThan(0.5);
  }

  @Test
  void m4_otherThrottlesAndBackendsAddNoGarbage() {
    assertThat(BYTES_PER_HIT.get("mixedAllowed")).isLessThan(0.5);
    assertThat(BYTES_PER_HIT.get("mixedDenied")).isLessThan(0.5);
    assertThat(BYTES_PER_HIT.get("mixedIdentified")).isLessThan(0.5);
  }

  @Test
  void m4_hitsOfSeveralRoutesLeaveNoGarbage() {
    assertThat(BYTES_PER_HIT.get("severalRoutes")).isLessThan(0.5);
  }

  @Test
  void m4_hitsOfMoreRoutesThanArePreparedLeaveNextToNoGarbage() {
    assertThat(BYTES_PER_HIT.get("manyRoutes")).isLessThan(4);
    assertThat(BYTES_PER_HIT.get("manyRoutesOfWide")).isLessThan(4);
  }

  @Test
  void m4_aHitOnOneRateOfAKeyOfSeveralLeavesNoGarbage() {
    assertThat(BYTES_PER_HIT.get("rateLeftOut")).isLessThan(0.5);
  }

  @Test
  void m4_severalRatesLeaveOneArray() {
    assertThat(BYTES_PER_HIT.get("twoRates")).isLessThan(48.5);
  }
}
