package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The serialized form of the exception. */
final class ConnectionThrottledExceptionTest {

  private static ConnectionThrottledException thrown(String rate, long cost) {
    Throttle api = Throttle.builder("api").rate(rate).backend(new MapBackend()).build();
    api.hit(TestView.GET);
    return new ConnectionThrottledException(
        api, api.hit(TestView.GET, cost), Map.of("X-Why", "busy"));
  }

  private static ConnectionThrottledException serializedCopy(ConnectionThrottledException thrown)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(thrown);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (ConnectionThrottledException) in.readObject();
    }
  }

  @Test
  void t3_messageAndHeadersSurviveSerialization() throws Exception {
    ConnectionThrottledException read = serializedCopy(thrown("1/90s", 1));
    assertThat(read).hasMessage("Too Many Requests. Retry after 90 seconds.");
    assertThat(read.status()).isEqualTo(429);
    assertThat(read.retryAfter()).hasValue(Duration.ofSeconds(90));
    assertThat(read.retryAfterSeconds()).hasValue(90);
    assertThat(read.headers()).containsExactlyEntriesOf(thrown("1/90s", 1).headers());
    assertThat(read.headers()).containsEntry("retry-after", "90").containsEntry("x-why", "busy");
    assertThat(serializedCopy(thrown("1/90s", 2)).retryAfter()).isEmpty();
    assertThat(serializedCopy(thrown("1/90s", 2)).retryAfterSeconds()).isEmpty();
  }

  @Test
  void f1_retryAfterIsTheTimeToTheNextProbe() {
    Map<RuntimeException, String> cases =
        Map.of(
            new BackendException("down", null, Duration.ofMillis(4_001)), "5",
            new BackendException("down", null, Duration.ofSeconds(-1)), "1",
            new BackendException("down", null, Duration.ofDays(9_999)), "86400",
            new OverloadException("full", Duration.ofSeconds(7)), "7",
            new OverloadException("full"), "1");
    cases.forEach(
        (failure, seconds) -> {
          MapBackend failing =
              new MapBackend() {
                @Override
                public long[] decide(BackendCall call) {
                  throw failure;
                }
              };
          Throttle api = failing.throttle("1/s").onBackendFailure(FailurePolicy.DENY).build();
          Decision decision = api.hit(TestView.GET);
          assertThat(decision.degraded()).isTrue();
          assertThat(decision.overloaded()).isEqualTo(failure instanceof OverloadException);
          assertThat(decision.retryAfter()).isEmpty();
          assertThat(new ConnectionThrottledException(api, decision).headers())
              .containsExactly(Map.entry("Retry-After", seconds));
        });
  }

  @Test
  void f1_f6_t3_aDenialForFailureOrOverloadIs503() throws Exception {
    for (RuntimeException failure :
        List.of(new BackendException("down"), new OverloadException("too many calls wait"))) {
      MapBackend failing =
          new MapBackend() {
            @Override
            public long[] decide(BackendCall call) {
              throw failure;
            }
          };
      ThrottleBuilder api = Throttle.builder("api").rate("1/90s").backend(failing);
      Throttle denying = api.onBackendFailure(FailurePolicy.DENY).build();
      ConnectionThrottledException thrown =
          new ConnectionThrottledException(denying, denying.hit(TestView.GET));
      for (ConnectionThrottledException each : List.of(thrown, serializedCopy(thrown))) {
        assertThat(each).hasMessage("Service Unavailable. Retry after 1 second.");
        assertThat(each.status()).isEqualTo(503);
        assertThat(each.retryAfter()).hasValue(Duration.ofSeconds(1));
        assertThat(each.headers()).containsExactly(Map.entry("Retry-After", "1"));
      }
      ConnectionThrottledException impossible =
          new ConnectionThrottledException(denying, denying.hit(TestView.GET, 2));
      assertThat(impossible.status()).as("waiting does not help").isEqualTo(429);
      assertThat(impossible).hasMessage("Too Many Requests");
      assertThat(impossible.headers()).isEmpty();
    }
  }

  @Test
  void t3_aDenialByAWrapperInPlaceOfItsStoreIs429() {
    Throttle api =
        Throttle.builder("api")
            .rate("1/90s")
            .backend(MapBackend.returning(Margin.degraded(-Duration.ofSeconds(9).toNanos())))
            .build();
    Decision denial = api.hit(TestView.GET);
    assertThat(denial.degraded()).isTrue();
    assertThat(new ConnectionThrottledException(api, denial).status()).isEqualTo(429);
    assertThat(new ConnectionThrottledException(api, denial).retryAfterSeconds()).hasValue(9);
  }

  @Test
  void t3_throttleAndDecisionAreNotSerialized() throws Exception {
    ConnectionThrottledException read = serializedCopy(thrown("1/90s", 1));
    assertThatIllegalStateException()
        .isThrownBy(read::throttle)
        .withMessageStartingWith("throttle is not available: this exception was deserialized");
    assertThatIllegalStateException()
        .isThrownBy(read::decision)
        .withMessageStartingWith("decision is not available: this exception was deserialized");
  }
}
