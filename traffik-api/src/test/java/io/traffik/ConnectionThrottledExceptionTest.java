package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
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
