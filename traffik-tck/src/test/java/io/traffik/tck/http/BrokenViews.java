package io.traffik.tck.http;

import io.traffik.tck.FailsTests;
import java.util.List;

/** Adapters whose views describe requests wrongly. */
final class BrokenViews {

  private BrokenViews() {}

  @FailsTests({
    "k2_aTemplateIsOneRoute",
    "k2_aThousandPathsMakeOneKeyAndEvictNoClient",
    "k2_noSpellingOfAParameterGivesAFreshBucket",
    "k2_noSpellingOfAPathGivesAFreshBucket"
  })
  static final class BucketPerSpelling extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange exchange) {
      return new PlannedExchangeView(exchange) {
        @Override
        public String route() {
          return exchange.http().getRequestURI().getRawPath();
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
    PlannedExchangeView view(PlannedExchange exchange) {
      return new PlannedExchangeView(exchange) {
        @Override
        public String route() {
          return super.route() + "?" + exchange.http().getRequestURI().getQuery();
        }
      };
    }
  }

  @FailsTests({
    "k2_aTemplateIsOneRoute",
    "k2_aThousandPathsMakeOneKeyAndEvictNoClient",
    "k2_noSpellingOfAParameterGivesAFreshBucket",
    "k2_noSpellingOfAPathGivesAFreshBucket"
  })
  static final class BucketPerPath extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange exchange) {
      return new PlannedExchangeView(exchange) {
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
    PlannedExchangeView view(PlannedExchange exchange) {
      return new PlannedExchangeView(exchange) {
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
    PlannedExchangeView view(PlannedExchange exchange) {
      return new PlannedExchangeView(exchange) {
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
    PlannedExchangeView view(PlannedExchange exchange) {
      return new PlannedExchangeView(exchange) {
        @Override
        public String remoteAddress() {
          String forwarded = exchange.header("X-Forwarded-For");
          return forwarded == null ? super.remoteAddress() : forwarded;
        }
      };
    }
  }

  @FailsTests("i1_anotherAddressIsAnotherClient")
  static final class UsesTheServersAddress extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange exchange) {
      return new PlannedExchangeView(exchange) {
        @Override
        public String remoteAddress() {
          return exchange.http().getLocalAddress().getAddress().getHostAddress();
        }
      };
    }
  }

  @FailsTests(
      value = {"i1_remoteAddressIsTheSocketsAddress"},
      andOthers = true)
  static final class UsesTheHostName extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange exchange) {
      return new PlannedExchangeView(exchange) {
        @Override
        public String remoteAddress() {
          return "localhost";
        }
      };
    }
  }

  @FailsTests({
    "k2_allSpellingsOfAParameterHaveOnePath",
    "k2_allSpellingsThatReachAHandlerHaveOnePath",
    "k2_theViewHasTheMethodAndTheDecodedPath"
  })
  static final class UsesTheRawPath extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange exchange) {
      return new PlannedExchangeView(exchange) {
        @Override
        public String path() {
          return exchange.http().getRequestURI().getRawPath();
        }
      };
    }
  }

  @FailsTests("headersHaveAllLinesAndIgnoreCase")
  static final class ReadsTheFirstLineOnly extends ReferenceAdapter {
    @Override
    PlannedExchangeView view(PlannedExchange exchange) {
      return new PlannedExchangeView(exchange) {
        @Override
        public Iterable<String> headers(String name) {
          String first = exchange.header(name);
          return first == null ? List.of() : List.of(first);
        }
      };
    }
  }
}
