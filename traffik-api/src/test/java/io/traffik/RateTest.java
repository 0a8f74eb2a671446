package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigInteger;
import java.time.Duration;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RateTest {

  @ParameterizedTest
  @CsvSource({
    "100/min, 100, PT1M",
    "5/s, 5, PT1S",
    "10/30s, 10, PT30S",
    "200/500ms, 200, PT0.5S",
    "1000/h, 1000, PT1H",
    "500/day, 500, P1D",
    "100 per minute, 100, PT1M",
    "100/1h5m30s, 100, PT1H5M30S",
    " 7 / 2 Hours , 7, PT2H",
    "1 PER 1d 12h, 1, P1DT12H",
    "9/1h1h, 9, PT2H",
    "9/30s1min 500ms 30s, 9, PT2M0.5S",
    "1/PT0.0015S, 1, PT0.0015S"
  })
  void r1_textIsParsed(String text, long limit, String period) {
    assertThat(Rate.parse(text)).isEqualTo(Rate.of(limit, Duration.parse(period)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"100/min (capacity 20)", "100 per minute(Capacity 20)"})
  void r1_textMayContainTheCapacity(String text) {
    assertThat(Rate.parse(text)).isEqualTo(Rate.perMinute(100).withCapacity(20));
  }

  /** The time to fill is that of the capacity, not of the limit. */
  @ParameterizedTest
  @CsvSource({
    "365/365000d (capacity 1), 365, P365000D, 1, P1000D",
    "1000/51135000d (capacity 1000), 1000, P51135000D, 1000, P51135000D",
    "1000/51135000d (capacity 1), 1000, P51135000D, 1, P51135D"
  })
  void r2_aLongPeriodIsAcceptedIfTheCapacityFillsInTime(
      String text, long limit, String period, long capacity, String fill) {
    Duration expected = Duration.parse(fill);
    if (expected.toDays() > 51_135) {
      rejects(() -> Rate.parse(text), "140 years");
      rejects(() -> Rate.of(limit, Duration.parse(period), capacity), "140 years");
    } else {
      Rate rate = Rate.parse(text);
      assertThat(rate.fillNanos()).isEqualTo(expected.toNanos());
      assertThat(rate).isEqualTo(Rate.of(limit, Duration.parse(period), capacity));
      assertThat(Rate.parse(rate.toString())).isEqualTo(rate);
    }
  }

  @Example
  void r2_unlimitedIsExplicit() {
    assertThat(Rate.parse("unlimited")).isSameAs(Rate.UNLIMITED);
    assertThat(Rate.UNLIMITED.isUnlimited()).isTrue();
    assertThat(Rate.perDay(1).isUnlimited()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0/s | limit must be at least 1: 0",
        "-3/s | limit must be at least 1: -3",
        "5/0s | period must be above zero: PT0S",
        "1/fortnight | time unit must be ms, s, min, h or day: \"fortnight\"",
        "99999999999999999999/s | A number must be at most 9223372036854775807: 99999999999999999999",
        "5/99999999999999999h99999999999999999d | period is too long",
        "abc | rate must have the form 100/min",
        "5/s capacity 9 | 100/min (capacity 20): \"5/s capacity 9\"",
        "5/s (capacity 0) | capacity must be at least 1: 0",
        "5 | rate must have the form 100/min",
        "5/ | rate must have the form 100/min",
        "5/s5 | rate must have the form 100/min",
        "3000000/s | A rate above 1000000 per second must be within 0.1 % of whole nanoseconds",
        "1/200000d | A bucket must fill within 140 years: 1/4800000h"
      })
  void r2_invalidTextIsRejectedWithTheValue(String text, String message) {
    rejects(() -> Rate.parse(text), message);
  }

  @Example
  void r2_invalidNumbersAreRejectedWithTheValue() {
    rejects(() -> Rate.of(0, Duration.ofSeconds(1)), "limit must be at least 1: 0");
    rejects(() -> Rate.of(1, Duration.ofSeconds(-1)), "period must be above zero: PT-1S");
    rejects(() -> Rate.perSecond(1).withCapacity(0), "capacity must be at least 1: 0");
    rejects(() -> Rate.perSecond(1).withCapacity(Long.MAX_VALUE), "140 years");
    rejects(() -> Rate.UNLIMITED.withCapacity(5), "An unlimited rate has no capacity: 5");
    rejects(() -> Rate.of(1, Duration.ofSeconds(Long.MAX_VALUE)), "140 years");
    Duration longest = Duration.ofDays(51_135);
    assertThat(Rate.of(1, longest).fillNanos()).isEqualTo(longest.toNanos());
    rejects(() -> Rate.of(1, longest.plusNanos(1)), "140 years");
    rejects(() -> Rate.of(Long.MAX_VALUE, Duration.ofNanos(1)), "coarser tokens");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 7, 1_000_000, 10_000_000, 1_000_000_000})
  void b7_fastRatesAreAcceptedIfPrecise(long limit) {
    assertThat(Rate.perSecond(limit).limit()).isEqualTo(limit);
  }

  @Property
  void b7_nanosPerTokenAreRoundedUp(
      @ForAll @LongRange(min = 1, max = 1_000_000) long limit,
      @ForAll @LongRange(min = 1_000_000_000, max = 4_000_000_000_000_000_000L) long period) {
    Rate rate = Rate.of(limit, Duration.ofNanos(period));
    BigInteger[] exact = BigInteger.valueOf(period).divideAndRemainder(BigInteger.valueOf(limit));
    assertThat(rate.nanosPerToken())
        .isEqualTo(exact[0].longValueExact() + (exact[1].signum() == 0 ? 0 : 1));
    assertThat(rate.fillNanos()).isEqualTo(Math.multiplyExact(limit, rate.nanosPerToken()));
  }

  @Property
  void r1_toStringIsParsedToAnEqualRate(
      @ForAll @LongRange(min = 1, max = 1_000_000) long limit,
      @ForAll @LongRange(min = 1_000, max = 1_000_000_000_000L) long millis) {
    Rate rate = Rate.of(limit, Duration.ofMillis(millis));
    assertThat(Rate.parse(rate.toString())).isEqualTo(rate);
    Rate smaller = rate.withCapacity(1 + limit / 3);
    assertThat(Rate.parse(smaller.toString())).isEqualTo(smaller);
    Rate fine = Rate.of(1, Duration.ofNanos(millis * 1_000 + 1));
    assertThat(Rate.parse(fine.toString())).isEqualTo(fine);
  }

  @Property
  void r2_anyTextIsARateOrAConfigurationException(@ForAll String text) {
    try {
      assertThat(Rate.parse(text)).isNotNull();
    } catch (ConfigurationException e) {
      assertThat(e).hasMessageContaining(":");
    }
  }

  private static void rejects(ThrowingCallable call, String message) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(call)
        .withMessageContaining(message);
  }
}
