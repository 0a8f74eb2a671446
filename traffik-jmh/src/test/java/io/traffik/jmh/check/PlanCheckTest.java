package io.traffik.jmh.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The alternating check of plans, with few hits. */
@Tag("once")
class PlanCheckTest {

  @Test
  void measuresAllVariants() {
    PlanCheck.Result result = PlanCheck.measure(1_000, 3, 10_000);
    assertThat(result.fixed()).isBetween(1.0, 1e6);
    assertThat(result.byPlan()).isBetween(-1e6, 1e6);
    assertThat(result.registered()).isBetween(-1e6, 1e6);
  }
}
