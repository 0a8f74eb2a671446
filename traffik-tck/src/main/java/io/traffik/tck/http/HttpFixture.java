package io.traffik.tck.http;

import io.traffik.Throttle;
import io.traffik.http.RateLimitHeaders;
import io.traffik.tck.ManualClock;
import io.traffik.tck.http.PlannedRoute.Kind;
import io.traffik.tck.junit.Fixture;
import io.traffik.tck.server.RecordingBackend;
import io.traffik.tck.server.TestServer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A clock, the application's backend and the servers of one test of an adapter. */
final class HttpFixture implements Fixture {

  private final AdapterContract contract;
  private final Deque<TestServer> sites = new ArrayDeque<>();
  private final ManualClock clock = new ManualClock();
  private final RecordingBackend backend = new RecordingBackend("application", clock);

  HttpFixture(AdapterContract contract) {
    this.contract = contract;
  }

  ManualClock clock() {
    return clock;
  }

  /** The application's backend. */
  RecordingBackend backend() {
    return backend;
  }

  static PlannedRoute route(Throttle... throttles) {
    return new PlannedRoute("/plain", Kind.IMMEDIATE, throttles);
  }

  static PlannedRoute routeAt(String path, Throttle... throttles) {
    return new PlannedRoute(path, Kind.IMMEDIATE, throttles);
  }

  static PlannedRoute failing(Throttle... throttles) {
    return new PlannedRoute("/failing", Kind.FAILING, throttles);
  }

  PlannedRoute template(Throttle... throttles) {
    Assumptions.assumeTrue(contract.hasTemplates(), "The framework has no route templates");
    return new PlannedRoute("/users/{id}", Kind.IMMEDIATE, throttles);
  }

  /** A route that matches every path of one segment. */
  PlannedRoute catchAll(Throttle... throttles) {
    Assumptions.assumeTrue(contract.hasTemplates(), "The framework has no route templates");
    return new PlannedRoute("/{id}", Kind.IMMEDIATE, throttles);
  }

  PlannedRoute asynchronous(Throttle... throttles) {
    Assumptions.assumeTrue(
        contract.hasAsynchronousHandlers(), "The framework has no asynchronous handlers");
    return new PlannedRoute("/later", Kind.ASYNCHRONOUS, throttles);
  }

  TestServer serve(PlannedRoute... routes) throws Exception {
    return serve(RateLimitHeaders.STANDARD, backend, routes);
  }

  TestServer serve(
      RateLimitHeaders rateLimitHeaders, RecordingBackend application, PlannedRoute... routes)
      throws Exception {
    TestServer server =
        new TestServer(
            contract.start(new ServerPlan(List.of(routes), rateLimitHeaders, application)));
    sites.push(server);
    return server;
  }

  @Override
  public String subject() {
    return contract.getClass().getSimpleName();
  }

  @Override
  public void close() throws Exception {
    while (!sites.isEmpty()) {
      sites.pop().close();
    }
  }
}
