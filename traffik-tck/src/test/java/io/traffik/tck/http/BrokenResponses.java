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

/** Adapters that answer clients wrongly. */
final class BrokenResponses {

  private BrokenResponses() {}

  /** Denies by an answer of its own making. */
  abstract static class OwnDenial extends ReferenceAdapter {

    abstract void answer(PlannedExchange visit, HttpDenial denial, Decision decision)
        throws IOException;

    @Override
    void deny(PlannedExchange visit, ThrottledRequest request, ConnectionThrottledException thrown)
        throws IOException {
      answer(visit, request.denial(thrown, visit.plan().rateLimitHeaders()), thrown.decision());
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
  static final class AnswersServiceUnavailable extends OwnDenial {
    @Override
    void answer(PlannedExchange visit, HttpDenial denial, Decision decision) throws IOException {
      visit.answer(503, denial.headers(), denial.body());
    }
  }

  @FailsTests(
      value = {"h1_aDenialIs429WithRetryAfterQuotaAndProblem"},
      andOthers = true)
  static final class AnswersPlainJson extends OwnDenial {
    @Override
    void answer(PlannedExchange visit, HttpDenial denial, Decision decision) throws IOException {
      visit.answer(429, with(denial, "Content-Type", "application/json"), denial.body());
    }
  }

  @FailsTests("h3_anyUidIsEscaped")
  static final class WritesJsonByHand extends OwnDenial {
    @Override
    void answer(PlannedExchange visit, HttpDenial denial, Decision decision) throws IOException {
      String body =
          "{\"type\":\""
              + ReceivedResponse.QUOTA_EXCEEDED
              + "\",\"title\":\"Too Many Requests\",\"status\":429,\"detail\":\"Wait.\","
              + "\"violated-policies\":[\""
              + decision.policyName()
              + "\"]}";
      visit.answer(429, denial.headers(), body);
    }
  }

  @FailsTests({"b4_h1_theRequestPassesAfterRetryAfter", "h1_retryAfterIsRoundedUpAndNeverZero"})
  static final class RoundsRetryAfterDown extends OwnDenial {
    @Override
    void answer(PlannedExchange visit, HttpDenial denial, Decision decision) throws IOException {
      Map<String, String> fields = new HashMap<>(denial.headers());
      decision
          .retryAfter()
          .ifPresent(wait -> fields.put("Retry-After", Long.toString(wait.toSeconds())));
      visit.answer(429, fields, denial.body());
    }
  }

  @FailsTests({
    "b5_h1_anImpossibleCostHasNoRetryAfter",
    "f1_aFailedBackendDeniesIfThePolicyIsDeny",
    "i4_anAnonymousClientIsDenied"
  })
  static final class AlwaysSaysRetryAfter extends OwnDenial {
    @Override
    void answer(PlannedExchange visit, HttpDenial denial, Decision decision) throws IOException {
      Map<String, String> fields = new HashMap<>(denial.headers());
      fields.putIfAbsent("Retry-After", "1");
      visit.answer(429, fields, denial.body());
    }
  }

  @FailsTests({"h3_noPartOfThePathIsEchoed", "h3_noClientInputIsEchoed"})
  static final class RepeatsThePath extends OwnDenial {
    @Override
    void answer(PlannedExchange visit, HttpDenial denial, Decision decision) throws IOException {
      String instance = visit.http().getRequestURI().getRawPath();
      String body = denial.body().replaceFirst("\\{", "{\"instance\":\"" + instance + "\",");
      visit.answer(429, denial.headers(), body);
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
    void answer(PlannedExchange visit, HttpDenial denial, Decision decision) throws IOException {
      Map<String, String> fields = new HashMap<>(denial.headers());
      fields.keySet().removeIf(name -> !OWN.contains(name.toLowerCase(Locale.ROOT)));
      visit.answer(429, fields, denial.body());
    }
  }

  @FailsTests(
      value = {"b4_h1_theRequestPassesAfterRetryAfter"},
      andOthers = true)
  static final class RemembersDenials extends ReferenceAdapter {
    private final Map<PlannedRoute, ConnectionThrottledException> denied =
        new ConcurrentHashMap<>();

    @Override
    void enforce(PlannedExchange visit, ThrottledRequest request) {
      ConnectionThrottledException known = denied.get(visit.route());
      if (known != null) {
        throw known;
      }
      try {
        super.enforce(visit, request);
      } catch (ConnectionThrottledException e) {
        denied.put(visit.route(), e);
        throw e;
      }
    }
  }

  @FailsTests("h3_noClientInputIsEchoed")
  static final class RepeatsAHeader extends ReferenceAdapter {
    @Override
    void handle(PlannedExchange visit) throws IOException {
      String client = visit.header(TestThrottles.CLIENT);
      if (client != null) {
        visit.set(Map.of("X-Served-For", client));
      }
      super.handle(visit);
    }
  }

  @FailsTests("h3_noClientInputIsEchoed")
  static final class FailsOnStrangeBytes extends ReferenceAdapter {
    @Override
    void handle(PlannedExchange visit) throws IOException {
      String client = String.valueOf(visit.header(TestThrottles.CLIENT));
      if (!client.chars().allMatch(c -> c < 128)) {
        throw new IllegalArgumentException("not ASCII: " + client);
      }
      super.handle(visit);
    }
  }

  @FailsTests(
      value = {"h1_allowedResponsesReportTheQuota"},
      andOthers = true)
  static final class TellsTheDeniedAlone extends ReferenceAdapter {
    @Override
    void tell(PlannedExchange visit, ThrottledRequest request) {}
  }

  @FailsTests({
    "f1_aFailedBackendAllowsIfThePolicyIsAllow",
    "i4_i5_anAnonymousClientIsExempt",
    "i5_anExemptClientHasNoFieldsNoStateAndNoLimit"
  })
  static final class TellsTheExempt extends ReferenceAdapter {
    @Override
    void tell(PlannedExchange visit, ThrottledRequest request) {
      super.tell(visit, request);
      if (request.headers(RateLimitHeaders.STANDARD).isEmpty()) {
        visit.set(Map.of("RateLimit-Policy", "\"api\";q=1;w=3600", "RateLimit", "\"api\";r=1;t=0"));
      }
    }
  }

  @FailsTests({
    "h2_severalRatesFormOneList",
    "h2_severalThrottlesFormOneList",
    "t6_theFirstDenialEndsTheRequest",
    "t6_earlierThrottlesAreRefundedIfALaterOneThrows",
    "t6_earlierThrottlesAreRefundedOnADenial"
  })
  static final class TellsTheFirstPolicyAlone extends ReferenceAdapter {
    @Override
    void tell(PlannedExchange visit, ThrottledRequest request) {
      request
          .headers(visit.plan().rateLimitHeaders())
          .forEach((name, value) -> visit.set(Map.of(name, value.split(", ", -1)[0])));
    }
  }

  @FailsTests({
    "h2_bothKindsOfFieldsAreSentIfConfigured",
    "h2_noFieldsAreSentIfNoneAreConfigured",
    "h2_legacyFieldsReportTheTightestRate"
  })
  static final class KnowsOneStyle extends ReferenceAdapter {
    @Override
    void tell(PlannedExchange visit, ThrottledRequest request) {
      visit.set(request.headers(RateLimitHeaders.STANDARD));
    }

    @Override
    void deny(PlannedExchange visit, ThrottledRequest request, ConnectionThrottledException thrown)
        throws IOException {
      HttpDenial denial = request.denial(thrown, RateLimitHeaders.STANDARD);
      visit.answer(denial.status(), denial.headers(), denial.body());
    }
  }

  @FailsTests(
      value = {
        "h1_allowedResponsesReportTheQuota",
        "h2_severalRatesFormOneList",
        "h2_severalThrottlesFormOneList"
      },
      andOthers = true)
  static final class WritesAnOlderDraft extends ReferenceAdapter {
    @Override
    void tell(PlannedExchange visit, ThrottledRequest request) {
      super.tell(visit, request);
      if (visit.http().getResponseHeaders().containsKey("RateLimit")) {
        visit.set(Map.of("RateLimit", "limit=100, remaining=50, reset=30"));
      }
    }
  }
}
