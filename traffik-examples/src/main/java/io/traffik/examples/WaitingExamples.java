package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.Charge;
import io.traffik.ConnectionView;
import io.traffik.FailurePolicy;
import io.traffik.Identity;
import io.traffik.Throttle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The examples of docs/call-an-api.md. */
final class WaitingExamples {

  private WaitingExamples() {}

  static final class GitHubClient {

    private static final Identity APP = Identity.of("my-app");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Throttle github;

    GitHubClient(Backend backend) {
      github =
          Throttle.builder("github")
              .rate("5/s (capacity 1)")
              .maxWait(Duration.ofMinutes(1))
              .backend(backend)
              .build();
    }

    HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
      github.acquire(APP, PATIENCE);
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> getAsync(URI uri) {
      HttpRequest request = HttpRequest.newBuilder(uri).build();
      return github
          .acquireAsync(APP, PATIENCE)
          .thenCompose(charge -> http.sendAsync(request, BodyHandlers.ofString()));
    }
  }

  static List<Future<HttpResponse<String>>> getAll(
      GitHubClient github, List<URI> uris, ExecutorService threads) {
    List<Future<HttpResponse<String>>> responses = new ArrayList<>();
    for (URI uri : uris) {
      responses.add(threads.submit(() -> github.get(uri)));
    }
    return responses;
  }

  static CompletableFuture<String> giveUp(
      Throttle github, Identity app, CompletableFuture<String> answer) {
    CompletableFuture<Charge> turn = github.acquireAsync(app, Duration.ofSeconds(10));
    CompletableFuture<String> response = turn.thenCompose(charge -> answer);
    turn.cancel(false);
    return response;
  }

  static Throttle production(Backend backend) {
    Throttle github =
        Throttle.builder("github")
            .rate("5/s (capacity 1)")
            .rate("5000/h")
            .maxWait(Duration.ofMinutes(1))
            .jitter(Duration.ofMillis(50))
            .onBackendFailure(FailurePolicy.THROW)
            .backend(backend)
            .build();
    return github;
  }

  static ScheduledFuture<?> schedule(
      Throttle github, Identity app, ScheduledExecutorService scheduler, Runnable call) {
    Charge charge = github.reserve(ConnectionView.of(app), 1, Duration.ofSeconds(30));
    long delay = charge.decision().delay().toNanos();
    return scheduler.schedule(call, delay, TimeUnit.NANOSECONDS);
  }
}
