package io.traffik.tck.http;

import io.traffik.tck.RunningServer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The rules of an adapter for an HTTP framework, as tests. An author of an adapter extends this
 * class, and implements how to start a server:
 *
 * <pre>{@code
 * final class MyFrameworkTest extends AdapterContract {
 *
 *   @Override
 *   protected RunningServer start(ServerPlan plan) {
 *     MyServer server = new MyServer();
 *     for (PlannedRoute route : plan.routes()) {
 *       server.get(route.path(), throttled(plan, route, exchange -> exchange.send(route.serve())));
 *     }
 *     return RunningServer.onPort(server.listen("127.0.0.1", 0), server::stop);
 *   }
 * }
 * }</pre>
 *
 * <p>Each test starts servers and sends requests over real connections. It is named after the rules
 * that it checks ({@code docs/SPEC.md} of the project). A failure reports the adapter, the rule,
 * the expected value, and the whole response. The backends' clock changes only when a test advances
 * it, so that all values are exact and no test sleeps.
 *
 * <p>Override {@link #hasTemplates()} or {@link #hasAsynchronousHandlers()} if the framework lacks
 * that feature; the tests that need it are skipped. Override nothing else.
 */
@ExtendWith(HttpFixtureExtension.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public abstract class AdapterContract
    implements DenialRules,
        HeaderFieldRules,
        HandlerRules,
        RouteRules,
        PathRules,
        ViewRules,
        SeveralThrottlesRules,
        PolicyRules,
        BackendLookupRules,
        LoadRules {

  /** Called by subclasses. */
  protected AdapterContract() {}

  /**
   * Starts a server with throttled routes on a free port of the loopback interface, and returns
   * when it accepts requests. A test may run several servers at the same time.
   *
   * @param plan the routes and settings of the server
   * @return the server; the kit stops it after the test
   * @throws Exception if the server does not start; the test fails then
   */
  protected abstract RunningServer start(ServerPlan plan) throws Exception;

  /**
   * Whether the framework supports routes with a parameter, by a template ({@code /users/{id}}) or
   * by a mapping of all paths below a prefix ({@code /users/*}).
   *
   * @return true by default
   */
  protected boolean hasTemplates() {
    return true;
  }

  /**
   * Whether handlers of the framework can respond from another thread after they have returned.
   *
   * @return true by default
   */
  protected boolean hasAsynchronousHandlers() {
    return true;
  }
}
