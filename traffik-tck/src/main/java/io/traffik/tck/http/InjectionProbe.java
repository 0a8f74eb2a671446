package io.traffik.tck.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.tck.server.ReceivedResponse;
import io.traffik.tck.server.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Sends a marker as client input, and asserts that no response contains it. */
final class InjectionProbe {

  /** The marker in lower case; the comparison ignores case. */
  static final String MARKER = "c4nary";

  private InjectionProbe() {}

  /**
   * Sends a request with the marker twice, so that the second is denied, and checks both responses.
   *
   * @return the two status codes
   */
  static List<Integer> sendTwice(TestServer server, String method, String path, String... headers)
      throws Exception {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      ReceivedResponse response = server.raw(method, path, headers);
      statuses.add(response.status());
      boolean byAdapter = response.status() == 200 || response.status() == 429;
      // The framework may reject the request with its own response.
      assertTrue(
          byAdapter
              || (response.status() >= 400 && response.status() < 500)
              || response.status() == 501,
          () -> "unexpected status: " + response);
      String text = response.head() + (response.status() == 429 ? response.body() : "");
      assertFalse(
          byAdapter && text.toLowerCase(Locale.ROOT).contains(MARKER),
          () -> "the response must not contain client input: " + response);
    }
    return statuses;
  }
}
