package io.traffik.tck.backend;

import io.traffik.spi.QuotaPolicy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Backends that confuse keys or namespaces. */
final class BrokenKeys {

  private BrokenKeys() {}

  /** Joins the parts of a key without escaping. */
  @RejectedBy(
      value = {
        "k1_bucketsAreSharedByEqualKeysOnly",
        "k1_bucketsOfSeveralRatesAreSharedByEqualKeysOnly"
      },
      byHistories = false)
  static final class JoinsKeys extends ReferenceBackend {
    JoinsKeys(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    Object key(QuotaPolicy policy, String identity, String scope) {
      return policy.uid() + ":" + identity + ":" + scope;
    }
  }

  /** Stores a hash code instead of the key. */
  @RejectedBy(
      value = {
        "k1_bucketsAreSharedByEqualKeysOnly",
        "k1_bucketsOfSeveralRatesAreSharedByEqualKeysOnly"
      },
      byHistories = false)
  static final class HashesKeys extends ReferenceBackend {
    HashesKeys(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    Object key(QuotaPolicy policy, String identity, String scope) {
      return Objects.hash(policy.uid(), identity, scope);
    }
  }

  /** Encodes keys in UTF-8, which replaces unpaired surrogates by question marks. */
  @RejectedBy(
      value = {
        "k1_bucketsAreSharedByEqualKeysOnly",
        "k1_bucketsOfSeveralRatesAreSharedByEqualKeysOnly"
      },
      byHistories = false)
  static final class EncodesKeys extends ReferenceBackend {
    EncodesKeys(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    Object key(QuotaPolicy policy, String identity, String scope) {
      return List.of(encoded(policy.uid()), encoded(identity), encoded(scope));
    }

    private static String encoded(String text) {
      return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
  }

  /** Truncates long identities. */
  @RejectedBy(
      value = {
        "k1_bucketsAreSharedByEqualKeysOnly",
        "k1_bucketsOfSeveralRatesAreSharedByEqualKeysOnly"
      },
      byHistories = false)
  static final class TruncatesKeys extends ReferenceBackend {
    TruncatesKeys(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    Object key(QuotaPolicy policy, String identity, String scope) {
      return List.of(policy.uid(), identity.substring(0, Math.min(255, identity.length())), scope);
    }
  }

  /** Uses the policy object as the key instead of its name. */
  @RejectedBy(
      value = {"k4_backendsOfOneNamespaceShareBucketsIfDeclared", "k4_equalPoliciesShareBuckets"},
      also = {
        "b11_aLargerCapacityAddsItsTokensAtOnce",
        "b11_aLongerPeriodKeepsTheMissingTokens",
        "b11_aRemovedRateNoLongerCountsAndLeavesTheOthersUnchanged",
        "b11_aShorterPeriodAppliesAtOnceAndAddsNothingToAnEmptyBucket",
        "b11_aSmallerCapacityForgivesNoMissingTokens",
        "b11_anAddedRateStartsFullAndLeavesTheOthersUnchanged",
        "b11_b12_callsThatTakeNothingLeaveTheSpeedUnchanged",
        "b11_changesInBothDirectionsKeepTheMissingTokens",
        "b2_b11_aDenialMovesTheBucketToTheNewRate",
        "b3_b11_twoLiveVersionsGrantAtMostTheLargerCapacityAndTheFasterRefill",
        "b3_concurrentHitsGetExactlyTheRefilledTokens",
        "b3_k1_aRateThatIsRemovedAndAddedAgainKeepsItsBucket",
        "b4_b11_aDebtTooLongForTheNewRateGoesOnRefillingAtTheOldOne",
        "b4_b11_aDenialEndsExactlyWhenItSaysWhicheverVersionWroteTheBucket",
        "b4_b11_aRaisedRateHelpsAWaitingClientAtOnce",
        "b4_b11_repeatedDenialsOfAnotherVersionDoNotMoveTheirEnd",
        "b8_aStepBackChangesNoTokensAndDelaysRefillingByAtMostOneFill",
        "k1_bucketsAreSharedByEqualKeysOnly",
        "k1_bucketsOfSeveralRatesAreSharedByEqualKeysOnly",
        "k6_aHitByIdentityAloneUsesTheBucketOfAllRoutes",
        "l2_resetRemovesTheBucketsOfItsNamespaceAndNoOthers"
      })
  static final class KeysByPolicy extends ReferenceBackend {
    KeysByPolicy(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    Object key(QuotaPolicy policy, String identity, String scope) {
      return List.of(System.identityHashCode(policy), identity, scope);
    }
  }

  /** Ignores case and trailing spaces in namespaces, as some databases do. */
  @RejectedBy(value = "k4_anotherNamespaceNeverSharesBuckets", byHistories = false)
  static final class FoldsNamespaces extends ReferenceBackend {
    FoldsNamespaces(String namespace, SharedStore store) {
      super(namespace.toLowerCase(Locale.ROOT), store);
    }
  }

  /** Declares shared buckets, but has a store of its own. */
  @RejectedBy(
      value = "k4_backendsOfOneNamespaceShareBucketsIfDeclared",
      sometimes = {
        "b15_b2_aClientAtItsLimitNeverTakesTokensFromASharedBucket",
        "b15_b3_concurrentHitsOnSeveralKeysAddUp",
        "b13_concurrentReservationsProceedOneAfterTheOther",
        "b14_concurrentSettlementsAddUp",
        "b3_b12_concurrentHitsAndRefundsAddUp",
        "b3_b9_concurrentHitsGetTheSmallestCapacityOfSeveralRates",
        "b3_concurrentHitsGetExactlyTheCapacity",
        "b3_concurrentHitsGetExactlyTheRefilledTokens",
        "b3_eachOfManyKeysIsGrantedExactlyItsCapacity",
        "b3_noDecisionUsesAStaleClockReading",
        "b3_t7_concurrentAsynchronousHitsGetExactlyTheCapacity"
      },
      byHistories = false)
  static final class SharesNothing extends ReferenceBackend {
    SharesNothing(String namespace, SharedStore store) {
      super(namespace, new SharedStore(store::now));
    }
  }

  /** Resets all namespaces that start with its own. */
  @RejectedBy(value = "l2_resetRemovesTheBucketsOfItsNamespaceAndNoOthers", byHistories = false)
  static final class ResetsByPrefix extends ReferenceBackend {
    ResetsByPrefix(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    boolean isMine(Object place) {
      return ((List<?>) place).get(0).toString().startsWith(namespace);
    }
  }

  /** Resets all namespaces that its own matches as a pattern. */
  @RejectedBy(value = "l2_resetRemovesTheBucketsOfItsNamespaceAndNoOthers", byHistories = false)
  static final class ResetsByPattern extends ReferenceBackend {
    ResetsByPattern(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    boolean isMine(Object place) {
      String name = ((List<?>) place).get(0).toString();
      return name.equals(namespace)
          || name.matches(namespace.replaceAll("[^\\w*]", ".").replace("*", ".*"));
    }
  }

  /** Resets nothing. */
  @RejectedBy(
      value = {
        "l2_aResetBackendWorksAsANewOne",
        "l2_resetRemovesTheBucketsOfItsNamespaceAndNoOthers"
      },
      also = "l4_leavingTheApplicationsScopeResetsUnlessPersistentAndCloses",
      byHistories = false)
  static final class ResetsNothing extends ReferenceBackend {
    ResetsNothing(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    boolean isMine(Object place) {
      return false;
    }
  }
}
