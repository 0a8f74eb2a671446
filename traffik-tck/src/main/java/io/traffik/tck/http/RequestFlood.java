package io.traffik.tck.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.tck.server.ReceivedResponse;
import io.traffik.tck.server.ReportedQuota;
import io.traffik.tck.server.TestServer;
import io.traffik.tck.server.TestThrottles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Concurrent requests of one client with a limit of {@value #LIMIT} per hour. */
final class RequestFlood implements AutoCloseable {

  static final int LIMIT = 100;

  private static final int THREADS = 8;
  private static final int REQUESTS_EACH = 250;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final List<Future<List<ReceivedResponse>>> running = new ArrayList<>();

  RequestFlood(TestServer server, String path, String client) {
    for (int i = 0; i < THREADS; i++) {
      running.add(threads.submit(() -> send(server, path, client)));
    }
  }

  private static List<ReceivedResponse> send(TestServer server, String path, String client)
      throws Exception {
    List<ReceivedResponse> responses = new ArrayList<>();
    for (int i = 0; i < REQUESTS_EACH; i++) {
      responses.add(server.get(path, TestThrottles.CLIENT, client));
    }
    return responses;
  }

  /** The quota that a response must report when this many tokens are left. */
  static ReportedQuota quota(long remaining) {
    return new ReportedQuota("api", LIMIT, 3_600, remaining, (LIMIT - remaining) * 36);
  }

  /** Asserts that exactly the limit is allowed, and that each remaining count is reported once. */
  void assertLimited() throws Exception {
    List<ReceivedResponse> responses = new ArrayList<>();
    for (Future<List<ReceivedResponse>> thread : running) {
      responses.addAll(thread.get());
    }
    Map<Integer, List<ReceivedResponse>> byStatus =
        responses.stream().collect(Collectors.groupingBy(ReceivedResponse::status));
    List<ReceivedResponse> allowed = byStatus.getOrDefault(200, List.of());
    List<ReceivedResponse> denied = byStatus.getOrDefault(429, List.of());
    assertEquals(
        LIMIT, allowed.size(), "responses with status 200 to " + responses.size() + " requests");
    assertEquals(responses.size() - LIMIT, denied.size(), "responses with status 429");
    denied.forEach(response -> response.assertDenied("api", 36, quota(0)));
    assertEquals(
        LongStream.range(0, LIMIT).mapToObj(RequestFlood::quota).map(List::of).toList(),
        allowed.stream()
            .map(ReceivedResponse::quotas)
            .sorted((a, b) -> Long.compare(a.get(0).r(), b.get(0).r()))
            .toList(),
        "quotas reported by the allowed responses");
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
