package io.traffik.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;

/** The text that tells a client of a throttled message. */
final class Frame {

  private Frame() {}

  /**
   * Holds a text to the rule.
   *
   * @param retryAfter seconds, 0 if no waiting helps
   */
  static void mustBe(String text, long retryAfter) {
    Map<?, ?> frame;
    try {
      frame = (Map<?, ?>) Json.parse(text);
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new AssertionError("a denial must be a JSON object, but the client heard: " + text, e);
    }
    assertEquals("error", frame.get("status"), () -> "status in " + text);
    assertEquals(BigDecimal.valueOf(429), frame.get("status_code"), () -> "status_code in " + text);
    assertTrue(
        frame.get("detail") instanceof String detail && !detail.isBlank(),
        () -> "detail in words in " + text);
    assertEquals(
        retryAfter == 0 ? null : BigDecimal.valueOf(retryAfter),
        frame.get("retry_after"),
        () -> "retry_after in whole seconds, rounded up, in " + text);
    assertTrue(
        Set.of("status", "status_code", "detail", "retry_after").containsAll(frame.keySet()),
        () -> "no other members in " + text);
  }
}
