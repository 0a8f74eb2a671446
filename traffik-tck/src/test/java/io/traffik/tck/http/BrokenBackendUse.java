package io.traffik.tck.http;

import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.BackendScope;
import io.traffik.ConnectionThrottledException;
import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import io.traffik.http.ThrottledRequest;
import io.traffik.tck.FailsTests;
import io.traffik.tck.RunningServer;
import java.io.IOException;
import java.util.Map;

/** Adapters that interfere with the backend or its failures. */
final class BrokenBackendUse {

  private BrokenBackendUse() {}

  @FailsTests({
    "f1_aFailedBackendIsUnavailableIfThePolicyIsThrow",
    "t6_anExceptionTakesNothingFromTheOtherThrottles"
  })
  static final class SwallowsBackendFailures extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange exchange, ThrottledRequest request) {
      try {
        super.enforce(exchange, request);
      } catch (BackendException e) {
        // Serves the request, whatever the failure policy is.
      }
    }
  }

  @FailsTests("l1_aServerStartsWithoutItsStoreAndUsesItLater")
  static final class RequiresItsStoreAtTheStart extends ReferenceAdapter {
    @Override
    protected RunningServer start(ServerPlan plan) throws IOException {
      plan.backend().open();
      return super.start(plan);
    }
  }

  @FailsTests("f1_aFailedBackendIsUnavailableIfThePolicyIsThrow")
  static final class LeavesFailuresToTheServer extends ReferenceAdapter {
    @Override
    void fail(PlannedExchange exchange, ThrottledRequest request, BackendException thrown) {
      throw thrown;
    }
  }

  @FailsTests({
    "f1_aFailedBackendIsUnavailableIfThePolicyIsThrow",
    "i4_anAnonymousClientThrows",
    "t6_anExceptionTakesNothingFromTheOtherThrottles"
  })
  static final class SwallowsAllExceptions extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange exchange, ThrottledRequest request) {
      try {
        super.enforce(exchange, request);
      } catch (ConnectionThrottledException e) {
        throw e;
      } catch (RuntimeException e) {
        // Serves the request, whatever the failure policy is.
      }
    }
  }

  @FailsTests({
    "f1_aFailedBackendAllowsIfThePolicyIsAllow",
    "f1_aFailedBackendDeniesIfThePolicyIsDeny",
    "f1_aFailedBackendIsUnavailableIfThePolicyIsThrow",
    "l1_aServerStartsWithoutItsStoreAndUsesItLater"
  })
  static final class ProbesTheBackend extends ReferenceAdapter {
    @Override
    void handle(PlannedExchange exchange) throws IOException {
      try {
        Throttle.builder("probe")
            .rate("1/s")
            .onBackendFailure(FailurePolicy.THROW)
            .build()
            .peek(view(exchange));
      } catch (BackendException e) {
        exchange.respond(503, Map.of(), "");
        return;
      }
      super.handle(exchange);
    }
  }

  @FailsTests("l6_theApplicationsBackendIsFoundOnAnyThread")
  static final class EntersTheBackendOnItsThread extends ReferenceAdapter {
    @Override
    @SuppressWarnings("try")
    void handle(PlannedExchange exchange) throws IOException {
      try (BackendScope scope = BackendScope.enter(exchange.plan().backend())) {
        super.handle(exchange);
      }
    }

    @Override
    PlannedExchangeView view(PlannedExchange exchange) {
      return new PlannedExchangeView(exchange) {
        @Override
        public Backend backend() {
          return null;
        }
      };
    }
  }

  @FailsTests("l6_eachApplicationHasItsOwnBackend")
  static final class KeepsOneBackend extends ReferenceAdapter {
    private static volatile Backend started;

    @Override
    protected RunningServer start(ServerPlan plan) throws IOException {
      started = plan.backend();
      return super.start(plan);
    }

    @Override
    PlannedExchangeView view(PlannedExchange exchange) {
      return new PlannedExchangeView(exchange) {
        @Override
        public Backend backend() {
          return started;
        }
      };
    }
  }
}
