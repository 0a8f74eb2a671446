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

/** Requests of one client from several threads at once, at {@value #LIMIT} per hour. */
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
    List<ReceivedResponse> answers = new ArrayList<>();
    for (int i = 0; i < REQUESTS_EACH; i++) {
      answers.add(server.get(path, TestThrottles.CLIENT, client));
    }
    return answers;
  }

  /** What an answer tells when this much of the limit is left. */
  static ReportedQuota quotas(long remaining) {
    return new ReportedQuota("api", LIMIT, 3_600, remaining, (LIMIT - remaining) * 36);
  }

  /** As many requests as the limit are allowed, each told another number; the rest are denied. */
  void assertLimited() throws Exception {
    List<ReceivedResponse> answers = new ArrayList<>();
    for (Future<List<ReceivedResponse>> thread : running) {
      answers.addAll(thread.get());
    }
    Map<Integer, List<ReceivedResponse>> byStatus =
        answers.stream().collect(Collectors.groupingBy(ReceivedResponse::status));
    List<ReceivedResponse> allowed = byStatus.getOrDefault(200, List.of());
    List<ReceivedResponse> denied = byStatus.getOrDefault(429, List.of());
    assertEquals(LIMIT, allowed.size(), "answers of 200 to " + answers.size() + " requests");
    assertEquals(answers.size() - LIMIT, denied.size(), "answers of 429; the rest are neither");
    denied.forEach(answer -> answer.assertDenied("api", 36, quotas(0)));
    assertEquals(
        LongStream.range(0, LIMIT).mapToObj(RequestFlood::quotas).map(List::of).toList(),
        allowed.stream()
            .map(ReceivedResponse::quotas)
            .sorted((a, b) -> Long.compare(a.get(0).r(), b.get(0).r()))
            .toList(),
        "each number of tokens left is told to one of the allowed");
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
