package io.traffik.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.traffik.ConnectionThrottledException;
import io.traffik.Identity;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.ThrottleBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.OuterList;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The RateLimit fields, read by an independent parser of structured fields. */
final class RateLimitHeadersTest {

  private final RequestFixture fixture = new RequestFixture();

  private static List<ListElement<?>> items(String field) {
    OuterList list = new Parser(field).parseList();
    return List.copyOf(list.get());
  }

  private static long parameter(ListElement<?> item, String name) {
    return ((Number) item.getParams().get(name).get()).longValue();
  }

  @Test
  void h1_allowedResponsesReportPolicyAndState() {
    Map<String, String> fields = fixture.headersAfter(fixture.throttle("api", "100/min").build());
    assertThat(fields)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("RateLimit-Policy", "\"api\";q=100;w=60", "RateLimit", "\"api\";r=99;t=1"));
  }

  /** Servers limit the fields of a response to about 8 KiB. */
  @Test
  void t5_h1_theLongestNameWithAllRatesFitsAResponse() {
    for (String uid : new String[] {"u".repeat(160), "\u4e16".repeat(17), "\"".repeat(80)}) {
      ThrottleBuilder throttle = fixture.throttle(uid, "1000000000000/2000d");
      for (int i = 2; i <= 16; i++) {
        throttle.rate("1000000000000/2000d");
      }
      Map<String, String> fields = fixture.headersAfter(throttle.build());
      assertThat(items(fields.get("RateLimit"))).hasSize(16);
      assertThat(String.join("", fields.values())).hasSizeBetween(4_900, 7_000);
    }
  }

  /** The window must not come from the stored time per token, which is rounded to nanoseconds. */
  @ParameterizedTest
  @CsvSource({
    "3/s, 1",
    "7/s, 1",
    "60/s, 1",
    "7/min, 60",
    "999/min, 60",
    "7/h, 3600",
    "200/500ms, 1",
    "10/s (capacity 5), 1",
    "7/min (capacity 14), 120",
    "3/s (capacity 10), 4",
    "365/365000d (capacity 1), 86400000"
  })
  void h1_theWindowIsThatOfTheConfiguredRate(String rate, long seconds) {
    ListElement<?> policy =
        items(fixture.headersAfter(fixture.throttle("api", rate).build()).get("RateLimit-Policy"))
            .get(0);
    assertThat(parameter(policy, "w")).isEqualTo(seconds);
  }

  @Test
  void h2_severalThrottlesAndRatesFormOneList() {
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(fixture.throttle("burst", "5/s").build(), fixture.client);
    request.enforce(fixture.throttle("quota", "500/h", "1000/day").build(), fixture.client);
    Map<String, String> fields = request.headers(RateLimitHeaders.BOTH);
    List<ListElement<?>> policies = items(fields.get("RateLimit-Policy"));
    assertThat(policies)
        .extracting(item -> item.get().toString())
        .containsExactly("burst", "quota-1", "quota-2");
    assertThat(policies).extracting(item -> parameter(item, "q")).containsExactly(5L, 500L, 1000L);
    assertThat(policies)
        .extracting(item -> parameter(item, "w"))
        .containsExactly(1L, 3600L, 86400L);
    assertThat(items(fields.get("RateLimit")))
        .extracting(item -> parameter(item, "r"))
        .containsExactly(4L, 499L, 999L);
    assertThat(fields)
        .containsEntry("X-RateLimit-Limit", "5")
        .containsEntry("X-RateLimit-Remaining", "4")
        .containsEntry("X-RateLimit-Reset", "1");
  }

  @Test
  void h2_fieldsAreSelectableOrAbsent() {
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(fixture.throttle("api", "5/s").build(), fixture.client);
    assertThat(request.headers(RateLimitHeaders.NONE)).isEmpty();
    assertThat(request.headers(RateLimitHeaders.LEGACY).keySet())
        .containsExactly("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset");
    assertThat(request.headers(RateLimitHeaders.STANDARD).keySet())
        .containsExactly("RateLimit-Policy", "RateLimit");
  }

  @Test
  void h2_aThrottleAppearsOnceInTheList() {
    Throttle api = fixture.throttle("api", "10/h").build();
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(api, fixture.client);
    ConnectionThrottledException thrown =
        catchThrowableOfType(
            ConnectionThrottledException.class, () -> api.enforce(fixture.client, 10));
    assertThat(request.denial(thrown, RateLimitHeaders.STANDARD).headers())
        .containsEntry("RateLimit-Policy", "\"api\";q=10;w=3600")
        .containsEntry("RateLimit", "\"api\";r=9;t=360")
        .containsEntry("Retry-After", "360");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\"b", "a\\b", "a\r\nSet-Cookie: x=1", "zoë", "100%", "\u0000\u007f", "🙂;q=1"})
  void h3_fieldsParseForAnyUid(String uid) {
    Map<String, String> fields = fixture.headersAfter(fixture.throttle(uid, "5/s").build());
    for (String value : fields.values()) {
      assertThat(value).matches("[\\x20-\\x7e]+");
      ListElement<?> item = items(value).get(0);
      assertThat(item).isInstanceOf(StringItem.class);
      assertThat(items(value)).hasSize(1);
    }
  }

  @Test
  void h3_integersStayInTheRangeOfStructuredFields() {
    Rate huge =
        Rate.of(1_000_000_000, Duration.ofSeconds(1)).withCapacity(4_000_000_000_000_000_000L);
    Throttle api = Throttle.builder("api").rate(huge).backend(fixture.backend).build();
    assertThat(fixture.headersAfter(api).get("RateLimit-Policy")).contains("q=999999999999999;");
  }

  @Test
  void i5_anExemptClientGetsNoFields() {
    Throttle api = fixture.throttle("api", "1/h").identifier(view -> Identity.EXEMPT).build();
    assertThat(fixture.headersAfter(api)).isEmpty();
    assertThat(fixture.headersAfter(api)).isEmpty();
    assertThat(fixture.backend.size()).isZero();
  }
}
