package io.traffik.attack.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ExpectedCountTest {

  @Test
  void aLimitGrantsItsCapacityAndWhatHasRefilled() {
    long start = System.nanoTime() - TimeUnit.SECONDS.toNanos(25);
    Duration minute = Duration.ofMinutes(1);
    assertThat(ExpectedCount.granted("messages", 4, 5, minute, start).isRight()).isFalse();
    assertThat(ExpectedCount.granted("messages", 5, 5, minute, start).isRight()).isTrue();
    assertThat(ExpectedCount.granted("messages", 7, 5, minute, start).isRight()).isTrue();
    assertThat(ExpectedCount.granted("messages", 14, 5, minute, start).isRight()).isFalse();
  }

  @Test
  void namesTheBound() {
    assertThat(ExpectedCount.exactly("bursts", 3, 4)).hasToString("bursts 3 (4)");
    assertThat(new ExpectedCount("left", 3, 0, 2)).hasToString("left 3 (at most 2)");
    assertThat(ExpectedCount.any("pings", 3))
        .hasToString("pings 3")
        .matches(ExpectedCount::isRight);
  }
}
