package io.traffik.tck.http;

import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.http.HttpDenial;
import io.traffik.http.RateLimitHeaders;
import io.traffik.http.ThrottledRequest;
import io.traffik.tck.FailsTests;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Adapters that charge wrongly, or run handlers that they should not. */
final class BrokenCharges {

  private BrokenCharges() {}

  @FailsTests(
      value = {
        "h4_aDeniedRequestNeverReachesAnAsynchronousHandler",
        "h4_aDeniedRequestNeverReachesItsHandler"
      },
      andOthers = true)
  static final class RunsTheHandlerAnyway extends ReferenceAdapter {
    @Override
    void deny(PlannedExchange visit, ThrottledRequest request, ConnectionThrottledException thrown)
        throws IOException {
      if (visit.route().isAsynchronous()) {
        visit.route().serveAsync().toCompletableFuture().join();
      } else {
        visit.route().serve();
      }
      super.deny(visit, request, thrown);
    }
  }

  @FailsTests(
      value = {"h4_aDeniedRequestNeverReachesItsHandler", "h4_aFailingHandlerIsChargedOnce"},
      andOthers = true)
  static final class ChargesTwice extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange visit, ThrottledRequest request) {
      super.enforce(visit, new ThrottledRequest());
      super.enforce(visit, request);
    }
  }

  @FailsTests("h4_aFailingHandlerIsChargedOnce")
  static final class ChargesFailuresTwice extends ReferenceAdapter {
    @Override
    void serve(PlannedExchange visit) throws IOException {
      try {
        super.serve(visit);
      } catch (IllegalStateException e) {
        enforce(visit, new ThrottledRequest());
        throw e;
      }
    }
  }

  @FailsTests("h4_aDeniedRequestNeverReachesAnAsynchronousHandler")
  static final class ChargesLateAnswersTwice extends ReferenceAdapter {
    @Override
    void serveAsync(PlannedExchange visit, String body) {
      enforce(visit, new ThrottledRequest());
      super.serveAsync(visit, body);
    }
  }

  @FailsTests("h1_k2_headIsDeniedAsGetIs")
  static final class LetsHeadPass extends ReferenceAdapter {
    @Override
    void handle(PlannedExchange visit) throws IOException {
      if (visit.http().getRequestMethod().equals("HEAD")) {
        visit.answer(200, Map.of(), visit.route().serve());
      } else {
        super.handle(visit);
      }
    }
  }

  @FailsTests({
    "b5_h1_anImpossibleCostHasNoRetryAfter",
    "f1_aFailedBackendDeniesIfThePolicyIsDeny",
    "i4_anAnonymousClientIsDenied"
  })
  static final class LetsPassWhatHasNoWait extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange visit, ThrottledRequest request) {
      try {
        super.enforce(visit, request);
      } catch (ConnectionThrottledException e) {
        if (e.retryAfter().isPresent()) {
          throw e;
        }
      }
    }
  }

  /** A charge of its own for each throttle, which knows nothing of the others. */
  @FailsTests({
    "h4_aThrottleThatIsEnforcedTwiceIsChargedOnce",
    "t6_earlierThrottlesAreRefundedIfALaterOneThrows",
    "t6_earlierThrottlesAreRefundedOnADenial"
  })
  static final class GivesNothingBack extends ReferenceAdapter {
    @Override
    void handle(PlannedExchange visit) throws IOException {
      Map<String, String> quotas = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      for (Throttle throttle : visit.route().throttles()) {
        ThrottledRequest alone = new ThrottledRequest();
        HttpDenial denial = null;
        try {
          alone.enforce(throttle, view(visit));
        } catch (ConnectionThrottledException e) {
          denial = alone.denial(e, visit.plan().rateLimitHeaders());
        }
        alone
            .headers(visit.plan().rateLimitHeaders())
            .forEach((name, value) -> quotas.merge(name, value, (a, b) -> a + ", " + b));
        if (denial != null) {
          visit.set(denial.headers());
          visit.answer(429, quotas, denial.body());
          return;
        }
      }
      visit.set(quotas);
      serve(visit);
    }
  }

  @FailsTests("t6_theFirstDenialEndsTheRequest")
  static final class AsksAllThrottles extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange visit, ThrottledRequest request) {
      ConnectionThrottledException denied = null;
      for (Throttle throttle : visit.route().throttles()) {
        try {
          request.enforce(throttle, view(visit));
        } catch (ConnectionThrottledException e) {
          denied = denied == null ? e : denied;
        }
      }
      if (denied != null) {
        throw denied;
      }
    }
  }

  @FailsTests({
    "h4_aThrottleThatIsEnforcedTwiceIsChargedOnce",
    "t2_aThrottledHandlerThatReturnsLetsTheRequestPass",
    "t3_h3_headersOfTheExceptionAreSentAndEscaped",
    "t6_earlierThrottlesAreRefundedIfALaterOneThrows"
  })
  static final class PeeksFirst extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange visit, ThrottledRequest request) {
      PlannedExchangeView view = view(visit);
      for (Throttle throttle : visit.route().throttles()) {
        Decision next = throttle.peek(view);
        if (next.denied()) {
          throw new ConnectionThrottledException(throttle, next);
        }
        request.enforce(throttle, view);
      }
    }
  }

  @FailsTests("i5_aClientThatIsExemptFromOneThrottleSeesTheOther")
  static final class StopsAtAnExemption extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange visit, ThrottledRequest request) {
      for (Throttle throttle : visit.route().throttles()) {
        request.enforce(throttle, view(visit));
        if (request.headers(RateLimitHeaders.STANDARD).isEmpty()) {
          return;
        }
      }
    }
  }

  @FailsTests({"i4_i5_anAnonymousClientIsExempt", "i5_anExemptClientHasNoFieldsNoStateAndNoLimit"})
  static final class LimitsTheExempt extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange visit, ThrottledRequest request) {
      super.enforce(visit, request);
      if (request.headers(RateLimitHeaders.STANDARD).isEmpty()) {
        Throttle everybody =
            Throttle.builder("api").rate("1/h").identifier(view -> Identity.of("all")).build();
        request.enforce(everybody, view(visit));
      }
    }
  }

  /** A gate that stands open for others while somebody goes through. */
  @FailsTests("b3_h4_exactlyOneHundredOfTwoThousandConcurrentRequestsPass")
  static final class LetsPassWhileBusy extends ReferenceAdapter {
    private final AtomicInteger inside = new AtomicInteger();
    private final CountDownLatch met = new CountDownLatch(1);

    @Override
    void enforce(PlannedExchange visit, ThrottledRequest request) {
      try {
        if (inside.incrementAndGet() > 1) {
          met.countDown();
          return;
        }
        if (visit.route().path().equals("/flooded")) {
          // Of a flood somebody always comes; one client after another never meet.
          awaitAnother();
        }
        super.enforce(visit, request);
      } finally {
        inside.decrementAndGet();
      }
    }

    private void awaitAnother() {
      try {
        if (!met.await(20, TimeUnit.SECONDS)) {
          throw new IllegalStateException("nobody else came");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
