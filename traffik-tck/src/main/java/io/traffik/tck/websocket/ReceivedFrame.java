package io.traffik.tck.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.tck.server.StrictJson;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;

/** Assertions about the frame that reports a denied message (rule W2). */
final class ReceivedFrame {

  private ReceivedFrame() {}

  /**
   * Asserts that a text is a denial.
   *
   * @param retryAfter the expected wait in seconds; 0 if no wait may be named
   */
  static void assertDenial(String text, long retryAfter) {
    assertFrame(text, 429, retryAfter);
  }

  /** Asserts that a text says that the server could not decide. */
  static void assertUnavailable(String text) {
    assertFrame(text, 503, 1);
  }

  private static void assertFrame(String text, int statusCode, long retryAfter) {
    Map<?, ?> frame;
    try {
      frame = (Map<?, ?>) StrictJson.parse(text);
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new AssertionError(
          "a denial must be a JSON object, but the client received: " + text, e);
    }
    assertEquals("error", frame.get("status"), () -> "wrong member \"status\" in " + text);
    assertEquals(
        BigDecimal.valueOf(statusCode),
        frame.get("status_code"),
        () -> "wrong member \"status_code\" in " + text);
    assertTrue(
        frame.get("detail") instanceof String detail && !detail.isBlank(),
        () -> "member \"detail\" must be a text in " + text);
    assertEquals(
        retryAfter == 0 ? null : BigDecimal.valueOf(retryAfter),
        frame.get("retry_after"),
        () -> "member \"retry_after\" must be in whole seconds, rounded up, in " + text);
    assertTrue(
        Set.of("status", "status_code", "detail", "retry_after").containsAll(frame.keySet()),
        () -> "no other members are allowed in " + text);
  }
}
