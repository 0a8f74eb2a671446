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

/** Sends more requests than the demo allows, prints the responses and checks them. */
final class DemoClient {

  private static final int REQUESTS = 15;
  private static final String ROW = "%4s  %6s  %-24s  %-22s  %s%n";

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI uri;
  private final List<String> violations = new ArrayList<>();
  private final PrintStream out;

  DemoClient(String url, PrintStream out) {
    this.uri = URI.create(url);
    this.out = out;
  }

  /** Sends all requests; returns false if a response breaks a rule. */
  boolean run() throws Exception {
    out.printf("%d requests by one client to %s%n%n", REQUESTS, uri);
    out.printf(ROW, "#", "status", "RateLimit-Policy", "RateLimit", "Retry-After");
    long start = System.nanoTime();
    int granted = 0;
    long wait = 0;
    for (int i = 1; i <= REQUESTS; i++) {
      HttpResponse<String> response = send(i);
      if (response.statusCode() == 200) {
        granted++;
      } else {
        wait = retryAfter(response);
      }
    }
    checkGranted(granted, System.nanoTime() - start);
    check(wait >= 1, "Retry-After of a denial, expected at least 1: " + wait);
    out.printf("%nWaiting %d s, the value of Retry-After%n%n", wait);
    TimeUnit.SECONDS.sleep(wait);
    HttpResponse<String> next = send(REQUESTS + 1);
    check(next.statusCode() == 200, "status after that wait, expected 200: " + next.statusCode());
    violations.forEach(violation -> out.println("FAILED: " + violation));
    out.println(violations.isEmpty() ? "\nAll checks passed." : "");
    return violations.isEmpty();
  }

  /** The capacity at once, plus the tokens that refill while the requests are sent. */
  private void checkGranted(int granted, long elapsedNanos) {
    long capacity = Demo.RATE.capacity();
    long most = Math.min(REQUESTS, capacity + elapsedNanos / Demo.RATE.nanosPerToken());
    check(
        granted >= capacity && granted <= most,
        "granted requests, expected " + capacity + " to " + most + ": " + granted);
  }

  private HttpResponse<String> send(int number) throws Exception {
    HttpResponse<String> response =
        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    out.printf(
        ROW,
        number,
        response.statusCode(),
        header(response, "RateLimit-Policy"),
        header(response, "RateLimit"),
        header(response, "Retry-After"));
    int status = response.statusCode();
    check(status == 200 || status == 429, "status, expected 200 or 429: " + status);
    String policy = header(response, "RateLimit-Policy");
    check(
        policy.equals("\"hello\";q=10;w=10"),
        "RateLimit-Policy, expected \"hello\";q=10;w=10: " + policy);
    String state = header(response, "RateLimit");
    check(
        state.matches("\"hello\";r=\\d+;t=\\d+") && (status == 200 || state.contains(";r=0;")),
        "RateLimit, expected the remaining tokens (0 if denied): " + state);
    return response;
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static long retryAfter(HttpResponse<?> response) {
    return response.headers().firstValueAsLong("Retry-After").orElse(0);
  }

  private void check(boolean passed, String violation) {
    if (!passed) {
      violations.add(violation);
    }
  }
}
