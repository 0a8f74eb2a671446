package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.ConfigurationException;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Lists of rates by value and by index, and the shares of their capacities. */
class RateListRegistryTest {

  private static final long LONGEST = 51_135L * 24 * 3_600_000_000_000L;

  private final RateListRegistry lists = new RateListRegistry();

  @Example
  void b11_equalListsHaveOneIndexAndDifferentListsHaveDifferentOnes() {
    RateList one = lists.of(List.of(Rate.perSecond(1)));
    RateList same = lists.of(List.of(Rate.perSecond(1)));
    RateList smaller = lists.of(List.of(Rate.perSecond(1).withCapacity(2)));
    RateList two = lists.of(List.of(Rate.perSecond(1), Rate.perSecond(1)));
    assertThat(same).isSameAs(one);
    assertThat(List.of(one.index(), smaller.index(), two.index())).containsExactly(1, 2, 3);
    assertThat(lists.get(RateList.withIndex(-1, two.index()))).isSameAs(two);
  }

  @Example
  void b11_aShorterPolicyKeepsTheRatesOfThePlacesThatItLacks() {
    RateList three = lists.of(List.of(Rate.perSecond(1), Rate.perSecond(2), Rate.perSecond(3)));
    QuotaPolicy two = Policies.of("api", Rate.perMinute(1), Rate.perSecond(2));
    assertThat(three.startsWith(two)).isFalse();
    assertThat(three.replacedBy(two))
        .containsExactly(Rate.perMinute(1), Rate.perSecond(2), Rate.perSecond(3));
    assertThat(lists.of(three.replacedBy(two)).startsWith(two)).isTrue();
    assertThat(lists.of(two.rates()).replacedBy(Policies.of("api", Rate.perDay(1))))
        .containsExactly(Rate.perDay(1), Rate.perSecond(2));
  }

  @Example
  void b11_list65536IsRefusedAndTheOthersStayUsable() {
    for (int i = 1; i <= 65_535; i++) {
      assertThat(lists.of(List.of(Rate.perDay(i))).index()).isEqualTo(i);
    }
    assertThatThrownBy(() -> lists.of(List.of(Rate.perDay(65_536))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Too many different lists of rates in one backend: 65535 (the limit). Choose rates from"
                + " a fixed set, or create a new backend.");
    assertThat(lists.of(List.of(Rate.perDay(65_535))).index()).isEqualTo(65_535);
    assertThat(lists.get(-1).rate(0)).isEqualTo(Rate.perDay(65_535));
  }

  @Property
  void m3_sharesAreThoseOfExactArithmetic(
      @ForAll @LongRange(min = 1, max = LONGEST) long nanos,
      @ForAll @LongRange(min = 1, max = LONGEST) long missing) {
    RateList list = new RateList(List.of(Rate.of(1, Duration.ofNanos(nanos))), 1);
    double share = (double) missing / nanos;
    assertThat(list.share(0, missing)).isBetween(share * (1 - 1e-12), share * (1 + 1e-12));
    assertThat(list.share(0, -missing)).isZero();
    assertThat(list.share(0, missing)).isPositive().isLessThan(Slots.BUSY_SHARE);
  }
}
