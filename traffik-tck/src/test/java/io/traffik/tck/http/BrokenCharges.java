package io.traffik.tck.http;

import io.traffik.BackendException;
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

/** Adapters that take the wrong number of tokens, or run handlers of denied requests. */
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
    void deny(
        PlannedExchange exchange, ThrottledRequest request, ConnectionThrottledException thrown)
        throws IOException {
      if (exchange.route().isAsynchronous()) {
        exchange.route().serveAsync().toCompletableFuture().join();
      } else {
        exchange.route().serve();
      }
      super.deny(exchange, request, thrown);
    }
  }

  @FailsTests(
      value = {"h4_aDeniedRequestNeverReachesItsHandler", "h4_aFailingHandlerIsChargedOnce"},
      andOthers = true)
  static final class ChargesTwice extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange exchange, ThrottledRequest request) {
      super.enforce(exchange, new ThrottledRequest());
      super.enforce(exchange, request);
    }
  }

  @FailsTests("h4_aFailingHandlerIsChargedOnce")
  static final class ChargesFailuresTwice extends ReferenceAdapter {
    @Override
    void serve(PlannedExchange exchange) throws IOException {
      try {
        super.serve(exchange);
      } catch (IllegalStateException e) {
        enforce(exchange, new ThrottledRequest());
        throw e;
      }
    }
  }

  @FailsTests("h4_aDeniedRequestNeverReachesAnAsynchronousHandler")
  static final class ChargesAsynchronousHandlersTwice extends ReferenceAdapter {
    @Override
    void serveAsync(PlannedExchange exchange, String body) {
      enforce(exchange, new ThrottledRequest());
      super.serveAsync(exchange, body);
    }
  }

  @FailsTests("h1_k2_headIsDeniedAsGetIs")
  static final class AllowsHead extends ReferenceAdapter {
    @Override
    void handle(PlannedExchange exchange) throws IOException {
      if (exchange.http().getRequestMethod().equals("HEAD")) {
        exchange.respond(200, Map.of(), exchange.route().serve());
      } else {
        super.handle(exchange);
      }
    }
  }

  @FailsTests({"b5_h1_anImpossibleCostHasNoRetryAfter", "i4_anAnonymousClientIsDenied"})
  static final class AllowsDenialsWithoutRetryAfter extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange exchange, ThrottledRequest request) {
      try {
        super.enforce(exchange, request);
      } catch (ConnectionThrottledException e) {
        if (e.retryAfter().isPresent()) {
          throw e;
        }
      }
    }
  }

  /** Charges one throttle after the other, and refunds the charges after a denial. */
  @FailsTests({
    "t6_aDenialTakesNothingFromTheOtherThrottles",
    "t6_anExceptionTakesNothingFromTheOtherThrottles",
    "t6_theFirstDenialEndsTheRequest"
  })
  static final class RefundsAfterADenial extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange exchange, ThrottledRequest request) {
      for (Throttle throttle : exchange.route().throttles()) {
        request.enforce(throttle, view(exchange));
      }
    }
  }

  /** Charges each throttle separately, without refunds for the others. */
  @FailsTests({
    "h4_aThrottleThatIsEnforcedTwiceIsChargedOnce",
    "t6_aDenialTakesNothingFromTheOtherThrottles",
    "t6_anExceptionTakesNothingFromTheOtherThrottles",
    "t6_theFirstDenialEndsTheRequest"
  })
  static final class RefundsNothing extends ReferenceAdapter {
    @Override
    void handle(PlannedExchange exchange) throws IOException {
      Map<String, String> quotas = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      for (Throttle throttle : exchange.route().throttles()) {
        ThrottledRequest alone = new ThrottledRequest();
        HttpDenial denial = null;
        try {
          alone.enforce(throttle, view(exchange));
        } catch (ConnectionThrottledException e) {
          denial = alone.denial(e, exchange.plan().rateLimitHeaders());
        } catch (BackendException e) {
          denial = alone.denial(e, exchange.plan().rateLimitHeaders());
        }
        alone
            .headers(exchange.plan().rateLimitHeaders())
            .forEach((name, value) -> quotas.merge(name, value, (a, b) -> a + ", " + b));
        if (denial != null) {
          exchange.set(denial.headers());
          exchange.respond(denial.status(), quotas, denial.body());
          return;
        }
      }
      exchange.set(quotas);
      serve(exchange);
    }
  }

  @FailsTests({
    "t6_aDenialTakesNothingFromTheOtherThrottles",
    "t6_anExceptionTakesNothingFromTheOtherThrottles",
    "t6_theFirstDenialEndsTheRequest"
  })
  static final class ChecksAllThrottlesAfterADenial extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange exchange, ThrottledRequest request) {
      ConnectionThrottledException denied = null;
      for (Throttle throttle : exchange.route().throttles()) {
        try {
          request.enforce(throttle, view(exchange));
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
    "t6_aDenialTakesNothingFromTheOtherThrottles",
    "t6_anExceptionTakesNothingFromTheOtherThrottles",
    "t6_theFirstDenialEndsTheRequest"
  })
  static final class PeeksFirst extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange exchange, ThrottledRequest request) {
      PlannedExchangeView view = view(exchange);
      for (Throttle throttle : exchange.route().throttles()) {
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
    void enforce(PlannedExchange exchange, ThrottledRequest request) {
      Throttle first = exchange.route().throttles().get(0);
      if (first.peek(view(exchange)).exempt()) {
        request.enforce(first, view(exchange));
      } else {
        super.enforce(exchange, request);
      }
    }
  }

  @FailsTests({"i4_i5_anAnonymousClientIsExempt", "i5_anExemptClientHasNoFieldsNoStateAndNoLimit"})
  static final class LimitsTheExempt extends ReferenceAdapter {
    @Override
    void enforce(PlannedExchange exchange, ThrottledRequest request) {
      super.enforce(exchange, request);
      if (request.headers(RateLimitHeaders.STANDARD).isEmpty()) {
        Throttle everybody =
            Throttle.builder("api").rate("1/h").identifier(view -> Identity.of("all")).build();
        request.enforce(everybody, view(exchange));
      }
    }
  }

  /** Allows all requests while another one is being decided. */
  @FailsTests("b3_h4_exactlyOneHundredOfTwoThousandConcurrentRequestsPass")
  static final class AllowsConcurrentRequests extends ReferenceAdapter {
    private final AtomicInteger pending = new AtomicInteger();
    private final CountDownLatch concurrent = new CountDownLatch(1);

    @Override
    void enforce(PlannedExchange exchange, ThrottledRequest request) {
      try {
        if (pending.incrementAndGet() > 1) {
          concurrent.countDown();
          return;
        }
        if (exchange.route().path().equals("/flooded")) {
          // Only concurrent requests, as in the load test, can meet here.
          awaitAnother();
        }
        super.enforce(exchange, request);
      } finally {
        pending.decrementAndGet();
      }
    }

    private void awaitAnother() {
      try {
        if (!concurrent.await(20, TimeUnit.SECONDS)) {
          throw new IllegalStateException("No concurrent request within 20 seconds");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
