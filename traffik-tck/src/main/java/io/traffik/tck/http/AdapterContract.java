package io.traffik.tck.http;

import io.traffik.tck.RunningServer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What an adapter of an HTTP framework must do, as tests. An adapter's author extends this class
 * and says how to start a server:
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
 * <p>Each test starts servers as it needs them, sends them requests over real connections, and is
 * named after the rule that it checks ({@code docs/SPEC.md} of the project). A failure tells the
 * adapter, the rule, what was expected, and the whole answer. Time stands still in the backends of
 * all tests, so that every number is known; none sleeps.
 *
 * <p>A rule that says nothing about a framework, because it has no templates or no asynchronous
 * handlers, is skipped where the author says so. Nothing else should be overridden.
 */
@ExtendWith(HttpFixtureExtension.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public abstract class AdapterContract
    implements DenialRules,
        HeaderFieldRules,
        HandlerRules,
        RouteRules,
        ViewRules,
        SeveralThrottlesRules,
        PolicyRules,
        BackendLookupRules,
        LoadRules {

  /** For the classes of adapters' authors. */
  protected AdapterContract() {}

  /**
   * Starts a server with throttles in front of its routes, on a free port of the loopback
   * interface, and returns when it answers. Several may run at once.
   *
   * @param plan what the server must be like
   * @return the server, stopped when the test is over
   * @throws Exception if the server does not start; the test fails then
   */
  protected abstract RunningServer start(ServerPlan plan) throws Exception;

  /**
   * Whether the framework knows of routes with a parameter, by a template ({@code /users/{id}}) or
   * by a mapping that stands for all paths below it ({@code /users/*}).
   *
   * @return true unless overridden
   */
  protected boolean hasTemplates() {
    return true;
  }

  /**
   * Whether handlers of the framework can answer after they have returned, from another thread.
   *
   * @return true unless overridden
   */
  protected boolean hasAsynchronousHandlers() {
    return true;
  }
}
