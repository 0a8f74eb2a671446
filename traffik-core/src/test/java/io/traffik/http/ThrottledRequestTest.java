package io.traffik.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.AnonymousConnectionException;
import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import io.traffik.Decision.Quota;
import io.traffik.FailurePolicy;
import io.traffik.Identity;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.ThrottleBuilder;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.OuterList;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP adapters share; fields are read by a parser of structured fields that is not ours. */
final class ThrottledRequestTest {

  private final AtomicLong clock = new AtomicLong();
  private final InMemoryBackend backend = InMemoryBackend.builder("http").clock(clock::get).build();
  private final Client client = new Client("192.0.2.1");

  private ThrottleBuilder throttle(String uid, String... rates) {
    ThrottleBuilder builder = Throttle.builder(uid).backend(backend);
    for (String rate : rates) {
      builder.rate(rate);
    }
    return builder;
  }

  private Map<String, String> fieldsAfter(Throttle throttle) {
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(throttle, client);
    return request.headers(RateLimitHeaders.STANDARD);
  }

  private HttpDenial denial(ThrottledRequest request, Throttle throttle, RateLimitHeaders style) {
    ConnectionThrottledException thrown =
        catchThrowableOfType(
            ConnectionThrottledException.class, () -> request.enforce(throttle, client));
    return request.denial(thrown, style);
  }

  @Test
  void t4_nullIsNamed() {
    ThrottledRequest request = new ThrottledRequest();
    Throttle api = throttle("api", "1/h").build();
    ConnectionThrottledException thrown = new ConnectionThrottledException(api, api.hit(client));
    nullIsNamed(() -> request.enforce(null, client), "throttle");
    nullIsNamed(() -> request.enforce(api, null), "view");
    nullIsNamed(() -> request.headers(null), "style");
    nullIsNamed(() -> request.denial(null, RateLimitHeaders.NONE), "thrown");
    nullIsNamed(() -> request.denial(thrown, null), "style");
    nullIsNamed(() -> new HttpDenial(429, null, ""), "headers");
    nullIsNamed(() -> new HttpDenial(429, Map.of(), null), "body");
    nullIsNamed(() -> HttpDenial.replaces(null), "name");
    nullIsNamed(() -> RequestPath.decode(null), "rawPath");
    nullIsNamed(() -> RequestPath.normalize(null), "rawPath");
  }

  private static void nullIsNamed(ThrowingCallable call, String name) {
    assertThatNullPointerException().isThrownBy(call).withMessage(name + " must not be null");
  }

  private static List<ListElement<?>> items(String field) {
    OuterList list = new Parser(field).parseList();
    return List.copyOf(list.get());
  }

  private static long parameter(ListElement<?> item, String name) {
    return ((Number) item.getParams().get(name).get()).longValue();
  }

  @Test
  void h1_allowedAnswersTellPolicyAndState() {
    Map<String, String> fields = fieldsAfter(throttle("api", "100/min").build());
    assertThat(fields)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("RateLimit-Policy", "\"api\";q=100;w=60", "RateLimit", "\"api\";r=99;t=1"));
  }

  /** Though a token of 3/s takes a nanosecond's third less than is kept for it. */
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
    "3/s (capacity 10), 4"
  })
  void h1_theWindowIsThatOfTheRateAsItWasAskedFor(String rate, long seconds) {
    ListElement<?> policy =
        items(fieldsAfter(throttle("api", rate).build()).get("RateLimit-Policy")).get(0);
    assertThat(parameter(policy, "w")).isEqualTo(seconds);
  }

  @Test
  void h1_allPoliciesThatAreViolatedAreNamed() throws Exception {
    Throttle api =
        Throttle.builder("api").rate("1/min").rate("9/min").rate("1/h").backend(backend).build();
    fieldsAfter(api);
    JsonNode problem =
        new ObjectMapper()
            .readTree(denial(new ThrottledRequest(), api, RateLimitHeaders.STANDARD).body());
    assertThat(problem.get("violated-policies")).hasSize(2);
    assertThat(problem.get("violated-policies").get(0).asText()).isEqualTo("api-1");
    assertThat(problem.get("violated-policies").get(1).asText()).isEqualTo("api-3");
  }

  @Test
  void h1_denialHasRetryAfterFieldsAndProblem() throws Exception {
    Throttle api = throttle("api", "1/30s").build();
    fieldsAfter(api);
    clock.set(100);
    HttpDenial denial = denial(new ThrottledRequest(), api, RateLimitHeaders.STANDARD);
    assertThat(denial.status()).isEqualTo(429);
    assertThat(denial.headers())
        .containsEntry("Retry-After", "30")
        .containsEntry("RateLimit-Policy", "\"api\";q=1;w=30")
        .containsEntry("RateLimit", "\"api\";r=0;t=30")
        .containsEntry("Content-Type", "application/problem+json");
    JsonNode problem = new ObjectMapper().readTree(denial.body());
    assertThat(problem.get("type").asText())
        .isEqualTo("https://iana.org/assignments/http-problem-types#quota-exceeded");
    assertThat(problem.get("status").asInt()).isEqualTo(429);
    assertThat(problem.get("violated-policies").get(0).asText()).isEqualTo("api");
  }

  @Test
  void h1_retryAfterIsAtLeastOneSecond() {
    Throttle api = throttle("api", "1/5ms").build();
    fieldsAfter(api);
    assertThat(denial(new ThrottledRequest(), api, RateLimitHeaders.NONE).headers())
        .containsEntry("Retry-After", "1");
  }

  @Test
  void h1_b5_retryAfterIsOmittedWhereWaitingDoesNotHelp() {
    Throttle api = throttle("api", "2/s").cost(view -> 3).build();
    assertThat(denial(new ThrottledRequest(), api, RateLimitHeaders.STANDARD).headers())
        .doesNotContainKey("Retry-After")
        .containsEntry("RateLimit", "\"api\";r=2;t=0");
  }

  @Test
  void h2_severalThrottlesAndRatesMakeOneList() {
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(throttle("burst", "5/s").build(), client);
    request.enforce(throttle("quota", "500/h", "1000/day").build(), client);
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
  void h2_fieldsCanBeChosenOrOff() {
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(throttle("api", "5/s").build(), client);
    assertThat(request.headers(RateLimitHeaders.NONE)).isEmpty();
    assertThat(request.headers(RateLimitHeaders.LEGACY).keySet())
        .containsExactly("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset");
    assertThat(request.headers(RateLimitHeaders.STANDARD).keySet())
        .containsExactly("RateLimit-Policy", "RateLimit");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\"b", "a\\b", "a\r\nSet-Cookie: x=1", "zoë", "100%", "\u0000\u007f", "🙂;q=1"})
  void h3_anyUidMakesAFieldThatParses(String uid) {
    Map<String, String> fields = fieldsAfter(throttle(uid, "5/s").build());
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
    Throttle api = Throttle.builder("api").rate(huge).backend(backend).build();
    assertThat(fieldsAfter(api).get("RateLimit-Policy")).contains("q=999999999999999;");
  }

  @Test
  void h3_headersOfAUsersHandlerCannotSplitTheResponse() {
    Throttle api =
        throttle("api", "1/h")
            .onThrottled(
                (view, decision, throttle) -> {
                  throw new ConnectionThrottledException(
                      throttle,
                      decision,
                      Map.of("X-Why", "a\r\nSet-Cookie: é", "Bad Name", "x", "X-Ok", "fine"));
                })
            .build();
    fieldsAfter(api);
    assertThat(denial(new ThrottledRequest(), api, RateLimitHeaders.NONE).headers())
        .containsEntry("X-Why", "a??Set-Cookie: ?")
        .containsEntry("X-Ok", "fine")
        .doesNotContainKey("Bad Name");
  }

  @Test
  void h4_aRequestIsChargedOncePerThrottle() {
    Throttle api = throttle("api", "5/h").build();
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(api, client);
    request.enforce(api, client);
    assertThat(api.peek(client).remaining()).isEqualTo(4);
  }

  @Test
  void h4_aDeniedRequestStaysDenied() {
    Throttle api = throttle("api", "1/h").build();
    fieldsAfter(api);
    ThrottledRequest request = new ThrottledRequest();
    denial(request, api, RateLimitHeaders.STANDARD);
    assertThatThrownBy(() -> request.enforce(api, client))
        .isInstanceOf(ConnectionThrottledException.class);
  }

  @Test
  void t6_whatEarlierThrottlesTookIsGivenBackOnADenial() {
    Throttle wide = throttle("wide", "10/h").build();
    Throttle narrow = throttle("narrow", "1/h").build();
    fieldsAfter(narrow);
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(wide, client);
    HttpDenial denial = denial(request, narrow, RateLimitHeaders.STANDARD);
    assertThat(wide.peek(client).remaining()).isEqualTo(10);
    assertThat(denial.headers().get("RateLimit"))
        .isEqualTo("\"wide\";r=10;t=0, \"narrow\";r=0;t=3600");
  }

  @Test
  void t6_whatEarlierThrottlesTookIsGivenBackWhenALaterOneRaises() {
    Throttle wide = throttle("wide", "10/h").build();
    Throttle broken =
        throttle("broken", "1/h")
            .identifier(
                view -> {
                  throw new UnsupportedOperationException("no session");
                })
            .build();
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(wide, client);
    assertThatThrownBy(() -> request.enforce(broken, client))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(wide.peek(client).remaining()).isEqualTo(10);
  }

  @Test
  void t6_allOfItIsGivenBackByAllOfThem() {
    Throttle wide = throttle("wide", "10/h").cost(3).build();
    Throttle wider = throttle("wider", "20/h", "30/h").cost(view -> 4).build();
    Throttle narrow = throttle("narrow", "1/h").build();
    fieldsAfter(narrow);
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(wide, client);
    request.enforce(wider, client);
    denial(request, narrow, RateLimitHeaders.STANDARD);
    assertThat(wide.peek(client).remaining()).isEqualTo(10);
    assertThat(wider.peek(client).quotas()).extracting(Quota::remaining).containsExactly(20L, 30L);
  }

  @Test
  void t6_whatWasNotTakenIsNotGivenBack() {
    Throttle wide = throttle("wide", "10/h").build();
    wide.hit(client, 5);
    Throttle free = throttle("wide", "10/h").cost(0).build();
    Throttle narrow = throttle("narrow", "1/h").build();
    fieldsAfter(narrow);
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(free, client);
    denial(request, narrow, RateLimitHeaders.STANDARD);
    assertThat(wide.peek(client).remaining()).isEqualTo(5);
  }

  @Test
  void t6_aRefundThatFailsHidesNoDenialAndNoOtherRefund() {
    Throttle wide = throttle("wide", "10/h").build();
    AtomicBoolean known = new AtomicBoolean(true);
    Throttle session =
        throttle("session", "10/h")
            .identifier(
                view -> {
                  if (!known.get()) {
                    throw new IllegalStateException("the session has ended");
                  }
                  return Identity.of("bob");
                })
            .build();
    Throttle narrow = throttle("narrow", "1/h").cost(view -> 2).build();
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(session, client);
    request.enforce(wide, client);
    known.set(false);
    assertThatThrownBy(() -> request.enforce(narrow, client))
        .isInstanceOf(ConnectionThrottledException.class);
    assertThat(wide.peek(client).remaining()).isEqualTo(10);
  }

  /** The answer to a refund may be lost after it was made (rule B3). */
  @Test
  void b3_t6_nothingIsGivenBackTwice() {
    Throttle wide = throttle("wide", "10/h").build();
    wide.hit(client, 5);
    Backend forgetful = new Forgetful(backend);
    Throttle lost =
        Throttle.builder("wide")
            .rate("10/h")
            .backend(forgetful)
            .onBackendFailure(FailurePolicy.THROW)
            .build();
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(lost, client);
    denial(request, throttle("one", "1/h").cost(view -> 2).build(), RateLimitHeaders.NONE);
    denial(request, throttle("two", "1/h").cost(view -> 2).build(), RateLimitHeaders.NONE);
    assertThat(wide.peek(client).remaining()).isEqualTo(5);
  }

  @Test
  void h4_aThrottleThatRaisedIsNotAskedAgain() {
    AtomicInteger asked = new AtomicInteger();
    Throttle named =
        throttle("named", "1/h")
            .identifier(
                view -> {
                  asked.incrementAndGet();
                  return null;
                })
            .build();
    ThrottledRequest request = new ThrottledRequest();
    for (int dispatch = 0; dispatch < 2; dispatch++) {
      assertThatThrownBy(() -> request.enforce(named, client))
          .isInstanceOf(AnonymousConnectionException.class);
    }
    assertThat(asked).hasValue(1);
    assertThat(request.headers(RateLimitHeaders.BOTH)).isEmpty();
  }

  @Test
  void t6_aRefusalGivesNothingBackWhateverDecisionItCarries() {
    Throttle wide = throttle("wide", "10/h").build();
    wide.hit(client, 5);
    Throttle lying =
        throttle("wide", "10/h")
            .cost(view -> 6)
            .onThrottled(
                (view, decision, throttle) -> {
                  Decision another = throttle("other", "10/h").build().hit(view, 3);
                  throw new ConnectionThrottledException(throttle, another);
                })
            .build();
    ThrottledRequest request = new ThrottledRequest();
    denial(request, lying, RateLimitHeaders.NONE);
    denial(request, throttle("narrow", "1/h").cost(view -> 2).build(), RateLimitHeaders.NONE);
    assertThat(wide.peek(client).remaining()).isEqualTo(5);
  }

  @Test
  void h4_aRequestThatItsHandlerSawDeniedStaysDenied() {
    Throttle api = throttle("api", "10/h").build();
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(api, client);
    ConnectionThrottledException thrown =
        catchThrowableOfType(ConnectionThrottledException.class, () -> api.enforce(client, 10));
    request.denial(thrown, RateLimitHeaders.NONE);
    assertThatThrownBy(() -> request.enforce(api, client)).isSameAs(thrown);
  }

  @Test
  void h2_aThrottleStandsOnceInTheList() {
    Throttle api = throttle("api", "10/h").build();
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(api, client);
    ConnectionThrottledException thrown =
        catchThrowableOfType(ConnectionThrottledException.class, () -> api.enforce(client, 10));
    assertThat(request.denial(thrown, RateLimitHeaders.STANDARD).headers())
        .containsEntry("RateLimit-Policy", "\"api\";q=10;w=3600")
        .containsEntry("RateLimit", "\"api\";r=9;t=360")
        .containsEntry("Retry-After", "360");
  }

  /** RFC 9110, section 7.6.1, and RFC 9112, section 6: those are the server's to send. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection",
        "content-LENGTH",
        "Content-Encoding",
        "Keep-Alive",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade"
      })
  void h3_headersOfAUsersHandlerSayNothingOfFraming(String name) {
    Throttle api =
        throttle("api", "1/h")
            .cost(view -> 2)
            .onThrottled(
                (view, decision, throttle) -> {
                  throw new ConnectionThrottledException(throttle, decision, Map.of(name, "3"));
                })
            .build();
    assertThat(denial(new ThrottledRequest(), api, RateLimitHeaders.NONE).headers())
        .containsOnlyKeys("Content-Type");
  }

  @Test
  void i5_anExemptClientHasNoFields() {
    Throttle api = throttle("api", "1/h").identifier(view -> Identity.EXEMPT).build();
    assertThat(fieldsAfter(api)).isEmpty();
    assertThat(fieldsAfter(api)).isEmpty();
    assertThat(backend.size()).isZero();
  }

  /** Makes refunds and loses the answer. */
  private static final class Forgetful implements Backend {

    private final Backend memory;

    Forgetful(Backend memory) {
      this.memory = memory;
    }

    @Override
    public String namespace() {
      return memory.namespace();
    }

    @Override
    public long[] decide(
        Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
      long[] answer = memory.decide(operation, policy, identity, scope, cost);
      if (operation == Operation.REFUND) {
        throw new BackendException("the answer came too late");
      }
      return answer;
    }

    @Override
    public void reset() {
      memory.reset();
    }

    @Override
    public void close() {
      memory.close();
    }
  }
}
