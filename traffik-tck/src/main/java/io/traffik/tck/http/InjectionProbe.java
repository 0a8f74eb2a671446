package io.traffik.tck.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.tck.server.ReceivedResponse;
import io.traffik.tck.server.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A word that clients send and that must not come back. */
final class InjectionProbe {

  /** In lower case, since servers may change the case of what they repeat. */
  static final String WORD = "c4nary";

  private InjectionProbe() {}

  /**
   * Sends a request that carries the word somewhere, to be allowed once and denied once, and checks
   * that no answer repeats it.
   *
   * @return the statuses
   */
  static List<Integer> sendTwice(TestServer server, String method, String path, String... headers)
      throws Exception {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      ReceivedResponse answer = server.raw(method, path, headers);
      statuses.add(answer.status());
      boolean ours = answer.status() == 200 || answer.status() == 429;
      // The framework may refuse a request by an answer of its own; nothing may break.
      assertTrue(
          ours || (answer.status() >= 400 && answer.status() < 500) || answer.status() == 501,
          () -> "no request may break its answer, " + answer);
      String quotas = answer.head() + (answer.status() == 429 ? answer.body() : "");
      assertFalse(
          ours && quotas.toLowerCase(Locale.ROOT).contains(WORD),
          () -> "nothing of the request must come back, " + answer);
    }
    return statuses;
  }
}
