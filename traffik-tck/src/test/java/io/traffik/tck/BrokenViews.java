package io.traffik.tck;

import java.util.List;

/** Adapters that tell throttles the wrong thing of a request. */
final class BrokenViews {

  private BrokenViews() {}

  @RejectedBy({
    "k2_aTemplateIsOneRoute",
    "k2_noSpellingOfAParameterGivesAFreshBucket",
    "k2_noSpellingOfAPathGivesAFreshBucket"
  })
  static final class BucketPerSpelling extends HonestAdapter {
    @Override
    VisitView view(Visit visit) {
      return new VisitView(visit) {
        @Override
        public String route() {
          return visit.http().getRequestURI().getRawPath();
        }
      };
    }
  }

  @RejectedBy({
    "k2_noSpellingOfAParameterGivesAFreshBucket",
    "k2_noSpellingOfAPathGivesAFreshBucket"
  })
  static final class BucketPerQuery extends HonestAdapter {
    @Override
    VisitView view(Visit visit) {
      return new VisitView(visit) {
        @Override
        public String route() {
          return super.route() + "?" + visit.http().getRequestURI().getQuery();
        }
      };
    }
  }

  @RejectedBy({
    "k2_aTemplateIsOneRoute",
    "k2_noSpellingOfAParameterGivesAFreshBucket",
    "k2_noSpellingOfAPathGivesAFreshBucket"
  })
  static final class BucketPerPath extends HonestAdapter {
    @Override
    VisitView view(Visit visit) {
      return new VisitView(visit) {
        @Override
        public String route() {
          return path();
        }
      };
    }
  }

  @RejectedBy({"h1_k2_headIsDeniedAsGetIs", "k2_noMadeUpMethodGivesAFreshBucket"})
  static final class BucketPerMethod extends HonestAdapter {
    @Override
    VisitView view(Visit visit) {
      return new VisitView(visit) {
        @Override
        public String route() {
          return method() + " " + super.route();
        }
      };
    }
  }

  @RejectedBy({
    "b3_h4_ofTwoThousandRequestsAtOnceExactlyOneHundredPass",
    "k2_anotherRouteHasItsOwnBucket"
  })
  static final class OneBucketForAllRoutes extends HonestAdapter {
    @Override
    VisitView view(Visit visit) {
      return new VisitView(visit) {
        @Override
        public String route() {
          return "/*";
        }
      };
    }
  }

  @RejectedBy({"i1_thePeerIsTheSocketsAddress", "i1_whatAProxyWouldSayDoesNotCount"})
  static final class TrustsProxies extends HonestAdapter {
    @Override
    VisitView view(Visit visit) {
      return new VisitView(visit) {
        @Override
        public String peer() {
          String forwarded = visit.header("X-Forwarded-For");
          return forwarded == null ? super.peer() : forwarded;
        }
      };
    }
  }

  @RejectedBy("i1_anotherAddressIsAnotherClient")
  static final class TakesItselfForTheClient extends HonestAdapter {
    @Override
    VisitView view(Visit visit) {
      return new VisitView(visit) {
        @Override
        public String peer() {
          return visit.http().getLocalAddress().getAddress().getHostAddress();
        }
      };
    }
  }

  @RejectedBy(
      value = {"i1_thePeerIsTheSocketsAddress"},
      andOthers = true)
  static final class TellsAHostName extends HonestAdapter {
    @Override
    VisitView view(Visit visit) {
      return new VisitView(visit) {
        @Override
        public String peer() {
          return "localhost";
        }
      };
    }
  }

  @RejectedBy("k2_theViewTellsTheMethodAndTheDecodedPath")
  static final class TellsTheRawPath extends HonestAdapter {
    @Override
    VisitView view(Visit visit) {
      return new VisitView(visit) {
        @Override
        public String path() {
          return visit.http().getRequestURI().getRawPath();
        }
      };
    }
  }

  @RejectedBy("i2_everyLineOfAHeaderIsSeenWhateverItsCase")
  static final class SeesTheFirstLineAlone extends HonestAdapter {
    @Override
    VisitView view(Visit visit) {
      return new VisitView(visit) {
        @Override
        public Iterable<String> headers(String name) {
          String first = visit.header(name);
          return first == null ? List.of() : List.of(first);
        }
      };
    }
  }
}
