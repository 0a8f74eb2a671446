package io.traffik.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.ConfigurationException;
import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contexts, costs, connections and failures of {@link WebSocketThrottling}. */
final class WebSocketThrottlingTest extends DispatcherFixture {

  @Test
  void w1_theCostOfAMessageCanBeItsSize() {
    Throttle bytes = Throttle.builder("bytes").rate("10/h").cost(v -> v.messageSize()).build();
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(bytes));
    connection.receive("1234");
    connection.receive(ByteBuffer.allocate(16).position(10));
    connection.receive("5");
    completeAllAndRunTasks();
    assertThat(connection.log).hasSize(3).startsWith("1234", "binary").contains(retryAfter360());
  }

  private static String retryAfter360() {
    return "{\"status\":\"error\",\"status_code\":429,"
        + "\"detail\":\"Too Many Requests. Retry after 360 seconds.\",\"retry_after\":360}";
  }

  @Test
  void k2_eachContextHasItsOwnBucket() {
    RecordedConnection connection =
        connect(
            WebSocketThrottling.ofMessages(chat)
                .context("typing", m -> m.text() != null && m.text().startsWith("t"), chat)
                .context("never", m -> m.text() != null && m.text().startsWith("t"), chat));
    for (String text : List.of("a", "t1", "b", "t2", "c", "t3")) {
      connection.receive(text);
    }
    completeAllAndRunTasks();
    assertThat(connection.log).containsExactly("a", "t1", "b", "t2", DENIED, DENIED);
  }

  @Test
  void w1_aDeniedConnectionIsClosedAndItsMessagesAreDropped() {
    Throttle api = Throttle.builder("api").rate("1/h").build();
    WebSocketThrottling throttling = WebSocketThrottling.ofConnections(api);
    RecordedConnection first = connect(throttling);
    RecordedConnection second = connect(throttling);
    for (RecordedConnection connection : List.of(first, second)) {
      connection.receiveOpen();
      connection.receive("a");
      connection.receive("b");
      connection.receiveEnd();
      completeAllAndRunTasks();
    }
    assertThat(first.log).containsExactly("open", "a", "b", "end");
    assertThat(second.log)
        .containsExactly("close 1013 Too Many Requests. Retry after 3600 seconds.", "end");
  }

  @Test
  void t6_earlierChargesAreRefundedIfALaterThrottleDenies() {
    Throttle wide = Throttle.builder("wide").rate("3/h").build();
    RecordedConnection both = connect(WebSocketThrottling.ofMessages(wide, wide, chat));
    for (String text : List.of("a", "b", "c", "d")) {
      both.receive(text);
      completeAllAndRunTasks();
    }
    RecordedConnection one = connect(WebSocketThrottling.ofMessages(wide));
    one.receive("e");
    one.receive("f");
    completeAllAndRunTasks();
    assertThat(both.log).containsExactly("a", "b", DENIED, DENIED);
    assertThat(one.log).hasSize(2).startsWith("e").doesNotContain("f");
  }

  @Test
  void f1_theApplicationAndTheClientReceiveABackendFailure() {
    Throttle strict =
        Throttle.builder("strict").rate("9/h").onBackendFailure(FailurePolicy.THROW).build();
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(strict));
    connection.receive("a");
    connection.receive("b");
    backend.fail();
    completeAllAndRunTasks();
    assertThat(connection.log)
        .containsExactly(
            "handler error: connection refused",
            "{\"status\":\"error\",\"status_code\":503,"
                + "\"detail\":\"Service Unavailable. Retry after 1 second.\",\"retry_after\":1}",
            "b");
  }

  @Test
  void f1_anErrorOfAThrottleDoesNotEndTheServersThread() {
    Throttle broken =
        Throttle.builder("broken")
            .rate("9/h")
            .cost(
                view -> {
                  throw new StackOverflowError();
                })
            .build();
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(broken));
    connection.receive("a");
    assertThat(connection.log)
        .containsExactly("throttle error: A throttle failed: java.lang.StackOverflowError");
  }

  @Test
  void f1_theApplicationReceivesAnExceptionOfAContextPredicate() {
    RecordedConnection connection =
        connect(
            WebSocketThrottling.ofMessages(chat)
                .context(
                    "broken",
                    message -> {
                      throw new IllegalStateException("no context");
                    },
                    chat));
    connection.receive("a");
    assertThat(connection.log).containsExactly("throttle error: no context");
  }

  @Test
  void invalidConfigurationIsRejected() {
    assertThatThrownBy(() -> WebSocketThrottling.ofMessages())
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "ofMessages(…) needs at least one throttle: none given. Pass one, or omit the call.");
    assertThatThrownBy(() -> WebSocketThrottling.ofMessages(chat).context("typing", m -> true))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "context(\"typing\", …) needs at least one throttle: none given. Pass one, or omit the call.");
    assertThatThrownBy(() -> WebSocketThrottling.ofMessages(chat).maxPendingMessages(0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("maxPendingMessages must be at least 1: 0. Pass 1 or more.");
    assertThatThrownBy(() -> WebSocketThrottling.ofMessages(chat, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("throttle must not be null");
  }
}
