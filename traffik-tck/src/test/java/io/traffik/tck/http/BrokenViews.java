package io.traffik.tck.http;

import io.traffik.tck.FailsTests;
import java.util.List;

/** Adapters that tell throttles the wrong thing of a request. */
final class BrokenViews {

  private BrokenViews() {}

  @FailsTests({
    "k2_aTemplateIsOneRoute",
    "k2_noSpellingOfAParameterGivesAFreshBucket",
    "k2_noSpellingOfAPathGivesAFreshBucket"
  })
  static final class BucketPerSpelling extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange visit) {
      return new PlannedExchangeView(visit) {
        @Override
        public String route() {
          return visit.http().getRequestURI().getRawPath();
        }
      };
    }
  }

  @FailsTests({
    "k2_noSpellingOfAParameterGivesAFreshBucket",
    "k2_noSpellingOfAPathGivesAFreshBucket"
  })
  static final class BucketPerQuery extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange visit) {
      return new PlannedExchangeView(visit) {
        @Override
        public String route() {
          return super.route() + "?" + visit.http().getRequestURI().getQuery();
        }
      };
    }
  }

  @FailsTests({
    "k2_aTemplateIsOneRoute",
    "k2_noSpellingOfAParameterGivesAFreshBucket",
    "k2_noSpellingOfAPathGivesAFreshBucket"
  })
  static final class BucketPerPath extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange visit) {
      return new PlannedExchangeView(visit) {
        @Override
        public String route() {
          return path();
        }
      };
    }
  }

  @FailsTests({"h1_k2_headIsDeniedAsGetIs", "k2_unknownMethodsShareOneBucket"})
  static final class BucketPerMethod extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange visit) {
      return new PlannedExchangeView(visit) {
        @Override
        public String route() {
          return method() + " " + super.route();
        }
      };
    }
  }

  @FailsTests({
    "b3_h4_exactlyOneHundredOfTwoThousandConcurrentRequestsPass",
    "k2_anotherRouteHasItsOwnBucket"
  })
  static final class OneBucketForAllRoutes extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange visit) {
      return new PlannedExchangeView(visit) {
        @Override
        public String route() {
          return "/*";
        }
      };
    }
  }

  @FailsTests({"i1_remoteAddressIsTheSocketsAddress", "i1_forwardedHeadersAreIgnored"})
  static final class TrustsProxies extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange visit) {
      return new PlannedExchangeView(visit) {
        @Override
        public String remoteAddress() {
          String forwarded = visit.header("X-Forwarded-For");
          return forwarded == null ? super.remoteAddress() : forwarded;
        }
      };
    }
  }

  @FailsTests("i1_anotherAddressIsAnotherClient")
  static final class TakesItselfForTheClient extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange visit) {
      return new PlannedExchangeView(visit) {
        @Override
        public String remoteAddress() {
          return visit.http().getLocalAddress().getAddress().getHostAddress();
        }
      };
    }
  }

  @FailsTests(
      value = {"i1_remoteAddressIsTheSocketsAddress"},
      andOthers = true)
  static final class TellsAHostName extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange visit) {
      return new PlannedExchangeView(visit) {
        @Override
        public String remoteAddress() {
          return "localhost";
        }
      };
    }
  }

  @FailsTests("k2_theViewHasTheMethodAndTheDecodedPath")
  static final class TellsTheRawPath extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange visit) {
      return new PlannedExchangeView(visit) {
        @Override
        public String path() {
          return visit.http().getRequestURI().getRawPath();
        }
      };
    }
  }

  @FailsTests("i2_headersHaveAllLinesAndIgnoreCase")
  static final class SeesTheFirstLineAlone extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange visit) {
      return new PlannedExchangeView(visit) {
        @Override
        public Iterable<String> headers(String name) {
          String first = visit.header(name);
          return first == null ? List.of() : List.of(first);
        }
      };
    }
  }
}
