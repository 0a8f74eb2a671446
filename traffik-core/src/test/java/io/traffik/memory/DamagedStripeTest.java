package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A stripe after an error in the midst of a change (rule M5): its keys are dropped and counted as
 * evictions, and no key is granted twice.
 */
class DamagedStripeTest {

  private static final int BOUND = 200;
  private static final QuotaPolicy ONE = Policies.perYear(3);
  private static final QuotaPolicy TWO =
      Policies.of("api", Rate.of(3, Policies.YEAR), Rate.of(5, Policies.YEAR));

  /** The tables of one rate that threads without the lock may still see. */
  private final List<BucketTable> published = new ArrayList<>();

  private final SettableClock clock = new SettableClock();
  private final RateListRegistry lists = new RateListRegistry();
  private final Stripe stripe =
      new Stripe(new KeyBudget(BOUND, 1), lists, this::readClock, this::publish);

  /** How many of the next publications fail. */
  private int failures;

  /** The reading of the clock that fails, counted from now; 0 for none. */
  private int failingReading;

  private long readClock() {
    if (failingReading > 0 && --failingReading == 0) {
      throw new StackOverflowError();
    }
    return clock.getAsLong();
  }

  private void publish(BucketTable table) {
    if (failures > 0) {
      failures--;
      throw new StackOverflowError();
    }
    published.add(table);
  }

  @BeforeEach
  void addKeys() {
    for (int key = 0; key < 20; key++) {
      hit(key, ONE, 2);
      hit(1_000 + key, TWO, 2);
    }
  }

  /** Each failed drop is repeated by the next locked operation, but counts its keys only once. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4})
  void m5_keysAreDroppedAndCountedOnceHoweverOftenDroppingFails(int failedDrops) {
    long held = damage(failedDrops);
    for (int i = 0; i < failedDrops; i++) {
      assertThatThrownBy(() -> hit(1, ONE, 1)).isInstanceOf(StackOverflowError.class);
    }
    assertThat(hit(1, ONE, 3)).as("a dropped key starts full").isZero();
    assertThat(hit(1, ONE, 1)).as("and is limited again").isNegative();
    assertThat(hit(1_001, TWO, 3)).isZero();
    assertThat(stripe.evictions()).isEqualTo(held);
    assertThat(stripe.size()).isEqualTo(2);
  }

  /** The next locked operation drops the keys, whichever operation it is. */
  @ParameterizedTest
  @CsvSource({"PEEK, 1", "HIT, 2", "REFUND, 1"})
  void m5_everyLockedOperationDropsTheKeysOfADamagedStripe(Operation operation, int rates) {
    long held = damage(0);
    QuotaPolicy policy = rates == 1 ? ONE : TWO;
    decide(7_777, operation, policy, 1);
    assertThat(stripe.evictions()).isEqualTo(held);
    assertThat(stripe.size()).isEqualTo(operation == Operation.HIT ? 1 : 0);
  }

  @Test
  void m5_sweepingDropsTheKeysOfADamagedStripe() {
    long held = damage(0);
    assertThat(stripe.trySweep()).isEqualTo(held);
    assertThat(stripe.evictions()).isEqualTo(held);
    assertThat(stripe.slots()).isZero();
  }

  /** The error comes while the key is retired and before its new state is written. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2"})
  void m5_b11_anErrorWhileAKeyIsCarriedOverDropsTheKeys(int rates, int reading) {
    QuotaPolicy changed = rates == 1 ? Policies.perYear(4) : TWO;
    long held = stripe.size();
    BucketTable table = stripe.table(1);
    failingReading = reading;
    assertThatThrownBy(() -> hit(1, changed, 1)).isInstanceOf(StackOverflowError.class);
    assertThat(failingReading).isZero();
    long key = FingerprintCalls.spread(1);
    assertThat(table.word(table.findWithAnyRates(key, key))).isEqualTo(Slots.RETIRED);
    assertThat(hit(1, ONE, 3)).as("a dropped key starts full").isZero();
    assertThat(hit(1, ONE, 1)).as("and is limited again").isNegative();
    assertThat(stripe.evictions()).isEqualTo(held);
    assertThat(stripe.size()).isEqualTo(1);
    assertRetired(table);
  }

  @Test
  void m5_anErrorWhileFullBucketsAreRemovedDropsTheKeys() {
    clock.advance(Policies.YEAR.toNanos());
    hit(0, ONE, 2);
    hit(1, ONE, 2);
    failures = 1;
    assertThatThrownBy(stripe::trySweep).isInstanceOf(StackOverflowError.class);
    assertThat(stripe.size()).isEqualTo(2);
    assertThat(hit(0, ONE, 3)).as("a dropped key starts full").isZero();
    assertThat(stripe.evictions()).isEqualTo(2);
    assertThat(stripe.size()).isEqualTo(1);
  }

  /** Each failed drop or reset is completed by the next operation, even by one that adds no key. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void m5_theOperationAfterAFailedDropOrResetPublishesTheRemoval(boolean reset) {
    long held = reset ? 0 : damage(1);
    failures = 1;
    assertThatThrownBy(
            () -> {
              if (reset) {
                stripe.clear();
              } else {
                decide(1, Operation.PEEK, ONE, 1);
              }
            })
        .isInstanceOf(StackOverflowError.class);
    decide(1, Operation.PEEK, ONE, 1);
    assertThat(published.get(published.size() - 1)).isSameAs(BucketTable.EMPTY);
    assertThat(stripe.evictions()).isEqualTo(held);
  }

  /** A thread that still sees a replaced or dropped table must come to the lock. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void m5_noTableOfADroppedStripeGrantsAKey(int failedDrops) {
    BucketTable two = stripe.table(2);
    damage(failedDrops);
    BucketTable unpublished = stripe.table(1);
    for (int i = 0; i < failedDrops; i++) {
      assertThatThrownBy(() -> hit(1, ONE, 1)).isInstanceOf(StackOverflowError.class);
      assertRetired(unpublished);
    }
    stripe.cleanUp();
    published.forEach(DamagedStripeTest::assertRetired);
    assertRetired(unpublished);
    assertRetired(two);
    assertThat(published.get(published.size() - 1)).isSameAs(BucketTable.EMPTY);
  }

  @Test
  void m5_noPartOfTheBoundIsLostToErrors() {
    for (int round = 0; round < 50; round++) {
      for (int key = 0; key < 30; key++) {
        hit(key, ONE, 2);
      }
      damage(1);
      assertThatThrownBy(() -> hit(1, ONE, 1)).isInstanceOf(StackOverflowError.class);
      stripe.cleanUp();
      assertThat(stripe.size()).isZero();
    }
    for (int key = 0; key < 2 * BOUND; key++) {
      hit(key, ONE, 1);
    }
    assertThat(stripe.size()).isEqualTo(BOUND);
  }

  /** Keys hit after a failed reset may be lost, but only as evictions. */
  @Test
  void m5_b3_hitsAfterAFailedResetAreKeptOrCountedAsEvictions() {
    failures = 1;
    assertThatThrownBy(stripe::clear).isInstanceOf(StackOverflowError.class);
    published.forEach(DamagedStripeTest::assertRetired);
    long before = stripe.evictions();
    assertThat(hit(1, ONE, 3)).isZero();
    hit(2, ONE, 1);
    assertThat(hit(1, ONE, 1)).isNegative();
    assertThat(stripe.evictions()).isEqualTo(before);
    assertThat(stripe.size()).isEqualTo(2);
  }

  /** An error that changes nothing costs nothing. */
  @Test
  void m5_anErrorBeforeAChangeKeepsAllKeys() {
    boolean[] fails = {false};
    Stripe failing =
        new Stripe(
            new KeyBudget(BOUND, 1),
            lists,
            () -> {
              if (fails[0]) {
                throw new StackOverflowError();
              }
              return 0;
            },
            table -> {});
    FingerprintCalls.decide(
        failing,
        lists,
        FingerprintCalls.spread(1),
        FingerprintCalls.spread(1),
        Operation.HIT,
        ONE,
        3);
    fails[0] = true;
    assertThatThrownBy(
            () ->
                FingerprintCalls.decide(
                    failing,
                    lists,
                    FingerprintCalls.spread(2),
                    FingerprintCalls.spread(2),
                    Operation.HIT,
                    ONE,
                    1))
        .isInstanceOf(StackOverflowError.class);
    assertThatThrownBy(failing::cleanUp).isInstanceOf(StackOverflowError.class);
    fails[0] = false;
    assertThat(
            FingerprintCalls.decide(
                failing,
                lists,
                FingerprintCalls.spread(1),
                FingerprintCalls.spread(1),
                Operation.HIT,
                ONE,
                1))
        .isNegative();
    assertThat(failing.evictions()).isZero();
  }

  /**
   * Adds keys until the table grows and its publication fails, along with some of the next.
   *
   * @return the number of keys that the stripe holds then
   */
  private long damage(int failedDrops) {
    failures = 1 + failedDrops;
    for (int key = 100; ; key++) {
      long held = stripe.size();
      try {
        hit(key, ONE, 2);
      } catch (StackOverflowError e) {
        assertThat(held).isGreaterThanOrEqualTo(20);
        return held;
      }
    }
  }

  private static void assertRetired(BucketTable table) {
    for (int slot = 0; slot < table.slots(); slot++) {
      assertThat(table.word(slot)).isEqualTo(Slots.RETIRED);
    }
  }

  private long hit(int key, QuotaPolicy policy, long cost) {
    return decide(key, Operation.HIT, policy, cost);
  }

  private long decide(int key, Operation operation, QuotaPolicy policy, long cost) {
    return FingerprintCalls.decide(
        stripe,
        lists,
        FingerprintCalls.spread(key),
        FingerprintCalls.spread(key),
        operation,
        policy,
        cost);
  }
}
