package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory that a stripe allocates and releases. */
class StripeTest {

  private static final QuotaPolicy PER_SECOND = Policies.of("api", Rate.perSecond(10));

  private final SettableClock clock = new SettableClock();
  private final RateListRegistry lists = new RateListRegistry();
  private final Stripe stripe = new Stripe(new KeyBudget(1_000, 1), lists, clock, table -> {});

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void m2_aStripeTakesMemoryByItsKeysAndGivesAllOfItBack(int rates) {
    assertThat(stripe.slots()).isZero();
    QuotaPolicy policy =
        Policies.of("api", Rate.perSecond(10), Rate.perSecond(20), Rate.perMinute(60));
    int keys = 1_000;
    for (int key = 0; key < keys; key++) {
      hit(key, QuotaPolicy.of("api", policy.rates().subList(0, rates)));
    }
    assertThat(stripe.size()).isEqualTo(keys);
    assertThat(stripe.trySweep()).isZero();
    assertThat(stripe.slots()).isBetween(keys * 5 / 4, keys * 17 / 10);
    clock.advance(Duration.ofSeconds(1));
    assertThat(stripe.trySweep()).isEqualTo(keys);
    assertThat(stripe.size()).isZero();
    assertThat(stripe.slots()).isZero();
  }

  @Test
  void m2_aStripeShrinksWithItsKeys() {
    for (int key = 0; key < 1_000; key++) {
      hit(key, key < 990 ? PER_SECOND : Policies.perYear(3));
    }
    clock.advance(Duration.ofSeconds(1));
    stripe.cleanUp();
    assertThat(stripe.size()).isEqualTo(10);
    assertThat(stripe.slots()).isLessThan(20);
    for (int key = 990; key < 1_000; key++) {
      assertThat(
              FingerprintCalls.decide(
                  stripe,
                  lists,
                  FingerprintCalls.spread(key),
                  FingerprintCalls.spread(key),
                  Operation.PEEK,
                  Policies.perYear(3),
                  3))
          .isNegative();
    }
  }

  /** Slots of removed keys are used again. */
  @Test
  void m2_manyGenerationsOfKeysTakeNoMoreThanOne() {
    for (int generation = 0; generation < 100; generation++) {
      for (int key = 0; key < 100; key++) {
        hit(generation * 100 + key, PER_SECOND);
      }
      clock.advance(Duration.ofSeconds(1));
      stripe.cleanUp();
      assertThat(stripe.slots()).isLessThan(200);
    }
  }

  @Test
  void m3_theShareOfARateThatCameLaterIsThatOfItsOwnCapacity() {
    Rate slow = Rate.of(1_000, Duration.ofDays(1));
    Rate added = Rate.perSecond(10);
    hit(1, Policies.of("api", slow));
    hit(1, Policies.of("api", slow, added));
    assertThat(share(1, 2)).isCloseTo(0.1, offset(1e-9));
    clock.advance(Duration.ofSeconds(1));
    assertThat(share(1, 2)).isCloseTo(0.002, offset(2e-5));
  }

  /** The share is that of the capacity that the last writer had, and above 1 for a debt. */
  @Test
  void m3_b11_theShareIsThatOfTheRateThatWroteLast() {
    for (int i = 0; i < 10; i++) {
      hit(1, Policies.perYear(10));
    }
    assertThat(share(1, 1)).isEqualTo(1);
    hit(1, Policies.perYear(4));
    assertThat(share(1, 1)).isEqualTo(2.5);
  }

  private double share(int key, int rates) {
    BucketTable table = stripe.table(rates);
    long spread = FingerprintCalls.spread(key);
    return table.missingShare(table.findWithAnyRates(spread, spread), lists, clock.getAsLong());
  }

  /** A search for an absent key takes no longer than in a table without removals. */
  @Test
  void m4_keysDoNotClusterThroughEvictions() {
    BucketTable[] table = {BucketTable.EMPTY};
    int bound = 530;
    Stripe full = new Stripe(new KeyBudget(bound, 1), lists, clock, shown -> table[0] = shown);
    SplittableRandom random = new SplittableRandom(1);
    for (int newcomer = 0; newcomer < 400 * bound; newcomer++) {
      FingerprintCalls.decide(
          full,
          lists,
          random.nextLong() | 1,
          random.nextLong(),
          Operation.HIT,
          Policies.perYear(9),
          1);
    }
    double used = (double) table[0].live() / table[0].slots();
    assertThat(table[0].live()).isEqualTo(bound);
    // Knuth, volume 3, section 6.4: an unsuccessful search with linear probing.
    assertThat(slotsOfAMiss(table[0])).isLessThan((1 + 1 / Math.pow(1 - used, 2)) / 2);
  }

  private static double slotsOfAMiss(BucketTable table) {
    int looked = 0;
    for (int home = 0; home < table.slots(); home++) {
      int slot = home;
      while (table.isUsed(slot)) {
        slot = (slot + 1) % table.slots();
        looked++;
      }
      looked++;
    }
    return (double) looked / table.slots();
  }

  private void hit(int key, QuotaPolicy policy) {
    FingerprintCalls.decide(
        stripe,
        lists,
        FingerprintCalls.spread(key),
        FingerprintCalls.spread(key),
        Operation.HIT,
        policy,
        1);
  }
}
