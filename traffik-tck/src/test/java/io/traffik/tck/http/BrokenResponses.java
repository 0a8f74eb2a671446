package io.traffik.tck.http;

import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import io.traffik.http.HttpDenial;
import io.traffik.http.RateLimitHeaders;
import io.traffik.http.ThrottledRequest;
import io.traffik.tck.FailsTests;
import io.traffik.tck.server.ReceivedResponse;
import io.traffik.tck.server.TestThrottles;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Adapters whose responses break a rule. */
final class BrokenResponses {

  private BrokenResponses() {}

  /** Sends its own response to a denied request. */
  abstract static class OwnDenial extends ReferenceAdapter {

    abstract void sendDenial(PlannedExchange exchange, HttpDenial denial, Decision decision)
        throws IOException;

    @Override
    void deny(
        PlannedExchange exchange, ThrottledRequest request, ConnectionThrottledException thrown)
        throws IOException {
      sendDenial(
          exchange, request.denial(thrown, exchange.plan().rateLimitHeaders()), thrown.decision());
    }

    static Map<String, String> with(HttpDenial denial, String name, String value) {
      Map<String, String> fields = new HashMap<>(denial.headers());
      fields.put(name, value);
      return fields;
    }
  }

  @FailsTests(
      value = {"h1_aDenialIs429WithRetryAfterQuotaAndProblem", "i4_anonymousClientsShareABucket"},
      andOthers = true)
  static final class SendsServiceUnavailable extends OwnDenial {
    @Override
    void sendDenial(PlannedExchange exchange, HttpDenial denial, Decision decision)
        throws IOException {
      exchange.respond(503, denial.headers(), denial.body());
    }
  }

  @FailsTests(
      value = {"h1_aDenialIs429WithRetryAfterQuotaAndProblem"},
      andOthers = true)
  static final class SendsPlainJson extends OwnDenial {
    @Override
    void sendDenial(PlannedExchange exchange, HttpDenial denial, Decision decision)
        throws IOException {
      exchange.respond(
          denial.status(), with(denial, "Content-Type", "application/json"), denial.body());
    }
  }

  @FailsTests("h3_anyUidIsEscaped")
  static final class WritesJsonByHand extends OwnDenial {
    @Override
    void sendDenial(PlannedExchange exchange, HttpDenial denial, Decision decision)
        throws IOException {
      String body =
          "{\"type\":\""
              + ReceivedResponse.QUOTA_EXCEEDED
              + "\",\"title\":\"Too Many Requests\",\"status\":429,\"detail\":\"Wait.\","
              + "\"violated-policies\":[\""
              + decision.policyName()
              + "\"]}";
      boolean limited = denial.status() == 429;
      exchange.respond(denial.status(), denial.headers(), limited ? body : denial.body());
    }
  }

  @FailsTests({"b4_h1_theRequestPassesAfterRetryAfter", "h1_retryAfterIsRoundedUpAndNeverZero"})
  static final class RoundsRetryAfterDown extends OwnDenial {
    @Override
    void sendDenial(PlannedExchange exchange, HttpDenial denial, Decision decision)
        throws IOException {
      Map<String, String> fields = new HashMap<>(denial.headers());
      decision
          .retryAfter()
          .ifPresent(wait -> fields.put("Retry-After", Long.toString(wait.toSeconds())));
      exchange.respond(denial.status(), fields, denial.body());
    }
  }

  @FailsTests({
    "f1_aFailedBackendDeniesIfThePolicyIsDeny",
    "f6_overloadDeniesWhateverTheFailurePolicy",
    "l1_aServerStartsWithoutItsStoreAndUsesItLater"
  })
  static final class BlamesTheClientForFailures extends OwnDenial {
    @Override
    void sendDenial(PlannedExchange exchange, HttpDenial denial, Decision decision)
        throws IOException {
      exchange.respond(429, denial.headers(), denial.body());
    }
  }

  @FailsTests({"b5_h1_anImpossibleCostHasNoRetryAfter", "i4_anAnonymousClientIsDenied"})
  static final class AlwaysSendsRetryAfter extends OwnDenial {
    @Override
    void sendDenial(PlannedExchange exchange, HttpDenial denial, Decision decision)
        throws IOException {
      Map<String, String> fields = new HashMap<>(denial.headers());
      fields.putIfAbsent("Retry-After", "1");
      exchange.respond(denial.status(), fields, denial.body());
    }
  }

  @FailsTests({"h3_noPartOfThePathIsEchoed", "h3_noClientInputIsEchoed"})
  static final class EchoesThePath extends OwnDenial {
    @Override
    void sendDenial(PlannedExchange exchange, HttpDenial denial, Decision decision)
        throws IOException {
      String instance = exchange.http().getRequestURI().getRawPath();
      String body = denial.body().replaceFirst("\\{", "{\"instance\":\"" + instance + "\",");
      exchange.respond(denial.status(), denial.headers(), body);
    }
  }

  @FailsTests("t3_h3_headersOfTheExceptionAreSentAndEscaped")
  static final class DropsFieldsOfTheException extends OwnDenial {
    private static final Set<String> OWN =
        Set.of(
            "content-type",
            "retry-after",
            "ratelimit",
            "ratelimit-policy",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset");

    @Override
    void sendDenial(PlannedExchange exchange, HttpDenial denial, Decision decision)
        throws IOException {
      Map<String, String> fields = new HashMap<>(denial.headers());
      fields.keySet().removeIf(name -> !OWN.contains(name.toLowerCase(Locale.ROOT)));
      exchange.respond(denial.status(), fields, denial.body());
    }
  }

  @FailsTests(
      value = {"b4_h1_theRequestPassesAfterRetryAfter"},
      andOthers = true)
  static final class CachesDenials extends ReferenceAdapter {
    private final Map<PlannedRoute, ConnectionThrottledException> denied =
        new ConcurrentHashMap<>();

    @Override
    void enforce(PlannedExchange exchange, ThrottledRequest request) {
      ConnectionThrottledException known = denied.get(exchange.route());
      if (known != null) {
        throw known;
      }
      try {
        super.enforce(exchange, request);
      } catch (ConnectionThrottledException e) {
        denied.put(exchange.route(), e);
        throw e;
      }
    }
  }

  @FailsTests("h3_noClientInputIsEchoed")
  static final class EchoesAHeader extends ReferenceAdapter {
    @Override
    void handle(PlannedExchange exchange) throws IOException {
      String client = exchange.header(TestThrottles.CLIENT);
      if (client != null) {
        exchange.set(Map.of("X-Served-For", client));
      }
      super.handle(exchange);
    }
  }

  @FailsTests("h3_noClientInputIsEchoed")
  static final class FailsOnStrangeBytes extends ReferenceAdapter {
    @Override
    void handle(PlannedExchange exchange) throws IOException {
      String client = String.valueOf(exchange.header(TestThrottles.CLIENT));
      if (!client.chars().allMatch(c -> c < 128)) {
        throw new IllegalArgumentException("not ASCII: " + client);
      }
      super.handle(exchange);
    }
  }

  @FailsTests(
      value = {"h1_allowedResponsesReportTheQuota"},
      andOthers = true)
  static final class ReportsQuotasOfDenialsOnly extends ReferenceAdapter {
    @Override
    void tell(PlannedExchange exchange, ThrottledRequest request) {}
  }

  @FailsTests({
    "f1_aFailedBackendAllowsIfThePolicyIsAllow",
    "i4_i5_anAnonymousClientIsExempt",
    "i5_anExemptClientHasNoFieldsNoStateAndNoLimit"
  })
  static final class ReportsQuotasToExemptClients extends ReferenceAdapter {
    @Override
    void tell(PlannedExchange exchange, ThrottledRequest request) {
      super.tell(exchange, request);
      if (request.headers(RateLimitHeaders.STANDARD).isEmpty()) {
        exchange.set(
            Map.of("RateLimit-Policy", "\"api\";q=1;w=3600", "RateLimit", "\"api\";r=1;t=0"));
      }
    }
  }

  @FailsTests({
    "h2_severalRatesFormOneList",
    "h2_severalThrottlesFormOneList",
    "t6_theFirstDenialEndsTheRequest",
    "t6_anExceptionTakesNothingFromTheOtherThrottles",
    "t6_aDenialTakesNothingFromTheOtherThrottles"
  })
  static final class ReportsTheFirstPolicyOnly extends ReferenceAdapter {
    @Override
    void tell(PlannedExchange exchange, ThrottledRequest request) {
      request
          .headers(exchange.plan().rateLimitHeaders())
          .forEach((name, value) -> exchange.set(Map.of(name, value.split(", ", -1)[0])));
    }
  }

  @FailsTests({
    "h2_bothKindsOfFieldsAreSentIfConfigured",
    "h2_noFieldsAreSentIfNoneAreConfigured",
    "h2_legacyFieldsReportTheTightestRate"
  })
  static final class SupportsStandardFieldsOnly extends ReferenceAdapter {
    @Override
    void tell(PlannedExchange exchange, ThrottledRequest request) {
      exchange.set(request.headers(RateLimitHeaders.STANDARD));
    }

    @Override
    void deny(
        PlannedExchange exchange, ThrottledRequest request, ConnectionThrottledException thrown)
        throws IOException {
      HttpDenial denial = request.denial(thrown, RateLimitHeaders.STANDARD);
      exchange.respond(denial.status(), denial.headers(), denial.body());
    }
  }

  @FailsTests(
      value = {
        "h1_allowedResponsesReportTheQuota",
        "h2_severalRatesFormOneList",
        "h2_severalThrottlesFormOneList"
      },
      andOthers = true)
  static final class SendsFieldsOfAnOlderDraft extends ReferenceAdapter {
    @Override
    void tell(PlannedExchange exchange, ThrottledRequest request) {
      super.tell(exchange, request);
      if (exchange.http().getResponseHeaders().containsKey("RateLimit")) {
        exchange.set(Map.of("RateLimit", "limit=100, remaining=50, reset=30"));
      }
    }
  }
}
