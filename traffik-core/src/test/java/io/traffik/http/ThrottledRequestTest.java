package io.traffik.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.traffik.AnonymousConnectionException;
import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import io.traffik.Decision.Quota;
import io.traffik.FailurePolicy;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.ThrottleGroup;
import io.traffik.spi.BackendCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Each throttle charges a request once, and a denial refunds the earlier throttles. */
final class ThrottledRequestTest {

  private final RequestFixture fixture = new RequestFixture();

  @Test
  void t4_nullIsNamed() {
    ThrottledRequest request = new ThrottledRequest();
    Throttle api = fixture.throttle("api", "1/h").build();
    ConnectionThrottledException thrown =
        new ConnectionThrottledException(api, api.hit(fixture.client));
    assertRejectsNull(() -> request.enforce(null, fixture.client), "throttle");
    assertRejectsNull(() -> request.enforce(api, null), "view");
    assertRejectsNull(() -> request.enforceAll(null, fixture.client), "throttles");
    assertRejectsNull(() -> request.enforceAll(List.of(), null), "view");
    assertRejectsNull(() -> request.headers(null), "style");
    assertRejectsNull(
        () -> request.denial((ConnectionThrottledException) null, RateLimitHeaders.NONE), "thrown");
    assertRejectsNull(() -> request.denial(thrown, null), "style");
    assertRejectsNull(() -> new HttpDenial(429, null, ""), "headers");
    assertRejectsNull(() -> new HttpDenial(429, Map.of(), null), "body");
    assertRejectsNull(() -> HttpDenial.retainedHeaders(null, name -> List.of()), "names");
    assertRejectsNull(() -> HttpDenial.retainedHeaders(List.of(), null), "values");
    assertRejectsNull(() -> RequestPath.decode(null), "rawPath");
    assertRejectsNull(() -> RequestPath.normalize(null), "rawPath");
  }

  private static void assertRejectsNull(ThrowingCallable call, String name) {
    assertThatNullPointerException().isThrownBy(call).withMessage(name + " must not be null");
  }

  @Test
  void h4_aRequestIsChargedOncePerThrottle() {
    Throttle api = fixture.throttle("api", "5/h").build();
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(api, fixture.client);
    request.enforce(api, fixture.client);
    assertThat(api.peek(fixture.client).remaining()).isEqualTo(4);
  }

  @Test
  void h4_aDeniedRequestStaysDenied() {
    Throttle api = fixture.throttle("api", "1/h").build();
    fixture.headersAfter(api);
    ThrottledRequest request = new ThrottledRequest();
    fixture.denial(request, api, RateLimitHeaders.STANDARD);
    assertThatThrownBy(() -> request.enforce(api, fixture.client))
        .isInstanceOf(ConnectionThrottledException.class);
  }

  @Test
  void h4_aDenialAsAValueIsRepeated() {
    Throttle api = fixture.throttle("api", "1/h").build();
    ThrottleGroup group = ThrottleGroup.of(List.of(api));
    ThrottledRequest first = new ThrottledRequest();
    assertThat(first.admit(group, fixture.client)).isEmpty();
    assertThat(first.admit(group, fixture.client)).isEmpty();
    ThrottledRequest request = new ThrottledRequest();
    ConnectionThrottledException denial = request.admit(group, fixture.client).orElseThrow();
    fixture.clock.set(TimeUnit.HOURS.toNanos(2));
    assertThat(request.admit(group, fixture.client)).containsSame(denial);
    assertThatThrownBy(() -> request.enforce(api, fixture.client)).isSameAs(denial);
  }

  @Test
  void h4_aThrottleThatThrewIsNotEvaluatedAgain() {
    AtomicInteger calls = new AtomicInteger();
    Throttle named =
        fixture
            .throttle("named", "1/h")
            .identifier(
                view -> {
                  calls.incrementAndGet();
                  return null;
                })
            .build();
    ThrottledRequest request = new ThrottledRequest();
    for (int dispatch = 0; dispatch < 2; dispatch++) {
      assertThatThrownBy(() -> request.enforce(named, fixture.client))
          .isInstanceOf(AnonymousConnectionException.class);
    }
    assertThat(calls).hasValue(1);
    assertThat(request.headers(RateLimitHeaders.BOTH)).isEmpty();
  }

  @Test
  void h4_aRequestDeniedInItsHandlerStaysDenied() {
    Throttle api = fixture.throttle("api", "10/h").build();
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(api, fixture.client);
    ConnectionThrottledException thrown =
        catchThrowableOfType(
            ConnectionThrottledException.class, () -> api.enforce(fixture.client, 10));
    request.denial(thrown, RateLimitHeaders.NONE);
    assertThatThrownBy(() -> request.enforce(api, fixture.client)).isSameAs(thrown);
  }

  @Test
  void t6_aDenialRefundsEarlierThrottles() {
    Throttle wide = fixture.throttle("wide", "10/h").build();
    Throttle narrow = fixture.throttle("narrow", "1/h").build();
    fixture.headersAfter(narrow);
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(wide, fixture.client);
    HttpDenial denial = fixture.denial(request, narrow, RateLimitHeaders.STANDARD);
    assertThat(wide.peek(fixture.client).remaining()).isEqualTo(10);
    assertThat(denial.headers().get("RateLimit"))
        .isEqualTo("\"wide\";r=10;t=0, \"narrow\";r=0;t=3600");
  }

  @Test
  void t6_throttlesThatAreEnforcedTogetherTakeNothingOnADenial() {
    Throttle wide = fixture.throttle("wide", "10/h").build();
    Throttle narrow = fixture.throttle("narrow", "1/h").build();
    Throttle last = fixture.throttle("last", "5/h").build();
    List<BackendCall> calls = new ArrayList<>();
    Backend recording = new RecordedBackend(fixture.backend, calls);
    List<Throttle> throttles = new ArrayList<>();
    for (Throttle each : List.of(wide, narrow, last)) {
      throttles.add(
          Throttle.builder(each.uid()).rate(each.rates().get(0)).backend(recording).build());
    }
    new ThrottledRequest().enforceAll(throttles, fixture.client);
    calls.clear();
    ThrottledRequest request = new ThrottledRequest();
    ConnectionThrottledException thrown =
        catchThrowableOfType(
            ConnectionThrottledException.class,
            () -> request.enforceAll(throttles, fixture.client));
    assertThat(calls).extracting(BackendCall::operation).containsOnly(Operation.PEEK);
    assertThat(request.denial(thrown, RateLimitHeaders.STANDARD).headers().get("RateLimit"))
        .isEqualTo("\"wide\";r=9;t=360, \"narrow\";r=0;t=3600, \"last\";r=4;t=720");
    calls.clear();
    assertThatThrownBy(() -> request.enforceAll(throttles, fixture.client)).isSameAs(thrown);
    request.enforce(throttles.get(0), fixture.client);
    assertThat(calls).as("H4: calls of a second dispatch").isEmpty();
  }

  @Test
  void t6_aDenialOfALaterListRefundsTheEarlierOne() {
    Throttle wide = fixture.throttle("wide", "10/h").build();
    Throttle other = fixture.throttle("other", "9/h").build();
    Throttle narrow = fixture.throttle("narrow", "1/h").build();
    fixture.headersAfter(narrow);
    ThrottledRequest request = new ThrottledRequest();
    request.enforceAll(List.of(wide), fixture.client);
    assertThat(request.headers(RateLimitHeaders.STANDARD).get("RateLimit"))
        .isEqualTo("\"wide\";r=9;t=360");
    assertThatThrownBy(() -> request.enforceAll(List.of(wide, other, narrow), fixture.client))
        .isInstanceOf(ConnectionThrottledException.class);
    assertThat(wide.peek(fixture.client).remaining()).isEqualTo(10);
    assertThat(other.peek(fixture.client).remaining()).isEqualTo(9);
    assertThat(request.headers(RateLimitHeaders.STANDARD).get("RateLimit"))
        .isEqualTo("\"wide\";r=10;t=0, \"other\";r=9;t=0, \"narrow\";r=0;t=3600");
  }

  @Test
  void t6_t2_aDenialThatAHandlerAllowedIsStillReported() {
    Throttle observed =
        fixture.throttle("observed", "1/h").onThrottled((view, decision, t) -> {}).build();
    Throttle narrow = fixture.throttle("narrow", "1/h").build();
    new ThrottledRequest().enforceAll(List.of(observed, narrow), fixture.client);
    ThrottledRequest request = new ThrottledRequest();
    assertThatThrownBy(() -> request.enforceAll(List.of(observed, narrow), fixture.client))
        .isInstanceOf(ConnectionThrottledException.class);
    assertThat(request.headers(RateLimitHeaders.STANDARD).get("RateLimit"))
        .isEqualTo("\"observed\";r=0;t=3600, \"narrow\";r=0;t=3600");
  }

  @Test
  void t6_anExceptionRefundsEarlierThrottles() {
    Throttle wide = fixture.throttle("wide", "10/h").build();
    Throttle broken =
        fixture
            .throttle("broken", "1/h")
            .identifier(
                view -> {
                  throw new UnsupportedOperationException("no session");
                })
            .build();
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(wide, fixture.client);
    assertThatThrownBy(() -> request.enforce(broken, fixture.client))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(wide.peek(fixture.client).remaining()).isEqualTo(10);
  }

  @Test
  void t6_allEarlierThrottlesRefundTheirWholeCost() {
    Throttle wide = fixture.throttle("wide", "10/h").cost(3).build();
    Throttle wider = fixture.throttle("wider", "20/h", "30/h").cost(view -> 4).build();
    Throttle narrow = fixture.throttle("narrow", "1/h").build();
    fixture.headersAfter(narrow);
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(wide, fixture.client);
    request.enforce(wider, fixture.client);
    fixture.denial(request, narrow, RateLimitHeaders.STANDARD);
    assertThat(wide.peek(fixture.client).remaining()).isEqualTo(10);
    assertThat(wider.peek(fixture.client).quotas())
        .extracting(Quota::remaining)
        .containsExactly(20L, 30L);
  }

  @Test
  void t6_onlyTakenTokensAreRefunded() {
    Throttle wide = fixture.throttle("wide", "10/h").build();
    wide.hit(fixture.client, 5);
    Throttle free = fixture.throttle("wide", "10/h").cost(0).build();
    Throttle narrow = fixture.throttle("narrow", "1/h").build();
    fixture.headersAfter(narrow);
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(free, fixture.client);
    fixture.denial(request, narrow, RateLimitHeaders.STANDARD);
    assertThat(wide.peek(fixture.client).remaining()).isEqualTo(5);
  }

  @Test
  void t6_aFailedRefundHidesNeitherTheDenialNorOtherRefunds() {
    Throttle wide = fixture.throttle("wide", "10/h").build();
    AtomicBoolean sessionExists = new AtomicBoolean(true);
    Throttle session =
        fixture
            .throttle("session", "10/h")
            .identifier(
                view -> {
                  if (!sessionExists.get()) {
                    throw new IllegalStateException("the session has ended");
                  }
                  return Identity.of("bob");
                })
            .build();
    Throttle narrow = fixture.throttle("narrow", "1/h").cost(view -> 2).build();
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(session, fixture.client);
    request.enforce(wide, fixture.client);
    sessionExists.set(false);
    assertThatThrownBy(() -> request.enforce(narrow, fixture.client))
        .isInstanceOf(ConnectionThrottledException.class);
    assertThat(wide.peek(fixture.client).remaining()).isEqualTo(10);
  }

  /** A backend may make a refund and still fail to answer (rule B3). */
  @Test
  void b3_t6_tokensAreRefundedOnce() {
    Throttle wide = fixture.throttle("wide", "10/h").build();
    wide.hit(fixture.client, 5);
    Backend lostRefund = new LostRefundBackend(fixture.backend);
    Throttle failing =
        Throttle.builder("wide")
            .rate("10/h")
            .backend(lostRefund)
            .onBackendFailure(FailurePolicy.THROW)
            .build();
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(failing, fixture.client);
    fixture.denial(
        request, fixture.throttle("one", "1/h").cost(view -> 2).build(), RateLimitHeaders.NONE);
    fixture.denial(
        request, fixture.throttle("two", "1/h").cost(view -> 2).build(), RateLimitHeaders.NONE);
    assertThat(wide.peek(fixture.client).remaining()).isEqualTo(5);
  }

  @Test
  void t6_aDenialIsNotRefundedWhateverDecisionItCarries() {
    Throttle wide = fixture.throttle("wide", "10/h").build();
    wide.hit(fixture.client, 5);
    Throttle misreporting =
        fixture
            .throttle("wide", "10/h")
            .cost(view -> 6)
            .onThrottled(
                (view, decision, throttle) -> {
                  Decision another = fixture.throttle("other", "10/h").build().hit(view, 3);
                  throw new ConnectionThrottledException(throttle, another);
                })
            .build();
    ThrottledRequest request = new ThrottledRequest();
    fixture.denial(request, misreporting, RateLimitHeaders.NONE);
    fixture.denial(
        request, fixture.throttle("narrow", "1/h").cost(view -> 2).build(), RateLimitHeaders.NONE);
    assertThat(wide.peek(fixture.client).remaining()).isEqualTo(5);
  }
}
