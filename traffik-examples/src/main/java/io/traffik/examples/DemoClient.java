package io.traffik.examples;

import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Sends the demo's server more requests than it allows, shows the answers and checks them. */
final class DemoClient {

  private static final int REQUESTS = 15;
  private static final String ROW = "%4s  %6s  %-24s  %-22s  %s%n";

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI uri;
  private final List<String> broken = new ArrayList<>();

  private final PrintStream out;

  DemoClient(String url, PrintStream out) {
    this.uri = URI.create(url);
    this.out = out;
  }

  /** Runs the whole exchange; false if an answer was not what the rules say. */
  boolean run() throws Exception {
    out.printf("%d requests of one client to %s%n%n", REQUESTS, uri);
    out.printf(ROW, "#", "status", "RateLimit-Policy", "RateLimit", "Retry-After");
    long start = System.nanoTime();
    int granted = 0;
    long wait = 0;
    for (int i = 1; i <= REQUESTS; i++) {
      HttpResponse<String> answer = send(i);
      if (answer.statusCode() == 200) {
        granted++;
      } else {
        wait = retryAfter(answer);
      }
    }
    checkGranted(granted, System.nanoTime() - start);
    check(wait >= 1, "a denial must say Retry-After, at least 1: " + wait);
    out.printf("%nwaiting %d s, as Retry-After says%n%n", wait);
    TimeUnit.SECONDS.sleep(wait);
    HttpResponse<String> next = send(REQUESTS + 1);
    check(next.statusCode() == 200, "the next request must pass: " + next.statusCode());
    broken.forEach(rule -> out.println("BROKEN: " + rule));
    out.println(broken.isEmpty() ? "\nAll as the rules say." : "");
    return broken.isEmpty();
  }

  /** A full bucket at once, and what refills while the requests are on their way. */
  private void checkGranted(int granted, long elapsedNanos) {
    long capacity = Demo.RATE.capacity();
    long most = Math.min(REQUESTS, capacity + elapsedNanos / Demo.RATE.nanosPerToken());
    check(
        granted >= capacity && granted <= most,
        "from " + capacity + " to " + most + " requests must pass: " + granted);
  }

  private HttpResponse<String> send(int number) throws Exception {
    HttpResponse<String> answer =
        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    out.printf(
        ROW,
        number,
        answer.statusCode(),
        field(answer, "RateLimit-Policy"),
        field(answer, "RateLimit"),
        field(answer, "Retry-After"));
    int status = answer.statusCode();
    check(status == 200 || status == 429, "status must be 200 or 429: " + status);
    String policy = field(answer, "RateLimit-Policy");
    check(policy.equals("\"hello\";q=10;w=10"), "RateLimit-Policy must tell the rate: " + policy);
    String state = field(answer, "RateLimit");
    check(
        state.matches("\"hello\";r=\\d+;t=\\d+") && (status == 200 || state.contains(";r=0;")),
        "RateLimit must tell what is left, of a denial none: " + state);
    return answer;
  }

  private static String field(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static long retryAfter(HttpResponse<?> answer) {
    return answer.headers().firstValueAsLong("Retry-After").orElse(0);
  }

  private void check(boolean holds, String rule) {
    if (!holds) {
      broken.add(rule);
    }
  }
}
