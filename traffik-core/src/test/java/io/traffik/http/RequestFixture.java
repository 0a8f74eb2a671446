package io.traffik.http;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.ThrottleBuilder;
import io.traffik.memory.InMemoryBackend;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** One client, a backend with a manual clock, and throttles that use it. */
final class RequestFixture {

  final AtomicLong clock = new AtomicLong();
  final InMemoryBackend backend = InMemoryBackend.builder("http").clock(clock::get).build();
  final AddressView client = new AddressView("192.0.2.1");

  ThrottleBuilder throttle(String uid, String... rates) {
    ThrottleBuilder builder = Throttle.builder(uid).backend(backend);
    for (String rate : rates) {
      builder.rate(rate);
    }
    return builder;
  }

  /** Sends one request, and returns the header fields of its response. */
  Map<String, String> headersAfter(Throttle throttle) {
    ThrottledRequest request = new ThrottledRequest();
    request.enforce(throttle, client);
    return request.headers(RateLimitHeaders.STANDARD);
  }

  /** Returns the response to a request that the throttle must deny. */
  HttpDenial denial(ThrottledRequest request, Throttle throttle, RateLimitHeaders style) {
    ConnectionThrottledException thrown =
        catchThrowableOfType(
            ConnectionThrottledException.class, () -> request.enforce(throttle, client));
    return request.denial(thrown, style);
  }
}
