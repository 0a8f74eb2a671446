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

/** Adapters that come between a throttle and its backend. */
final class BrokenBackendUse {

  private BrokenBackendUse() {}

  @FailsTests({
    "f1_aFailedBackendThrowsIfThePolicyIsThrow",
    "t6_earlierThrottlesAreRefundedIfALaterOneThrows"
  })
  static final class SwallowsBackendFailures extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange visit, ThrottledRequest request) {
      try {
        super.enforce(visit, request);
      } catch (BackendException e) {
        // "Better to serve than to fail", whatever the policy says.
      }
    }
  }

  @FailsTests({
    "f1_aFailedBackendThrowsIfThePolicyIsThrow",
    "i4_anAnonymousClientThrows",
    "t6_earlierThrottlesAreRefundedIfALaterOneThrows"
  })
  static final class SwallowsAllExceptions extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange visit, ThrottledRequest request) {
      try {
        super.enforce(visit, request);
      } catch (ConnectionThrottledException e) {
        throw e;
      } catch (RuntimeException e) {
        // As above.
      }
    }
  }

  @FailsTests({
    "f1_aFailedBackendDeniesIfThePolicyIsDeny",
    "f1_aFailedBackendAllowsIfThePolicyIsAllow"
  })
  static final class AsksTheBackendWhetherItIsThere extends ReferenceAdapter {
    @Override
    void handle(PlannedExchange visit) throws IOException {
      try {
        Throttle.builder("probe")
            .rate("1/s")
            .onBackendFailure(FailurePolicy.THROW)
            .build()
            .peek(view(visit));
      } catch (BackendException e) {
        visit.answer(503, Map.of(), "");
        return;
      }
      super.handle(visit);
    }
  }

  @FailsTests("l6_theApplicationsBackendIsFoundOnAnyThread")
  static final class EntersTheBackendOnItsThread extends ReferenceAdapter {
    @Override
    @SuppressWarnings("try")
    void handle(PlannedExchange visit) throws IOException {
      try (BackendScope scope = visit.plan().backend().enter()) {
        super.handle(visit);
      }
    }

    @Override
    PlannedExchangeView view(PlannedExchange visit) {
      return new PlannedExchangeView(visit) {
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
    PlannedExchangeView view(PlannedExchange visit) {
      return new PlannedExchangeView(visit) {
        @Override
        public Backend backend() {
          return started;
        }
      };
    }
  }
}
