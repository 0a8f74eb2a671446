package io.traffik.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.ConfigurationException;
import io.traffik.Identity;
import io.traffik.spi.FairShareLimiter;
import org.junit.jupiter.api.Test;

/** Decisions on the thread of the server, and the limit of open connections. */
final class ThrottledConnectionTest extends DispatcherFixture {

  private final FairShareLimiter threads = new FairShareLimiter(2);

  private static boolean admit(
      RecordedConnection connection, FairShareLimiter threads, String text) {
    MessageView message = MessageView.text(connection.throttles.handshake(), text);
    return connection.throttles.admit(message, threads);
  }

  @Test
  void w1_aDeniedMessageIsAnsweredAndNotAdmitted() {
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(chat));
    assertThat(connection.throttles.open(threads)).isTrue();
    assertThat(admit(connection, threads, "a")).isTrue();
    assertThat(admit(connection, threads, "b")).isTrue();
    assertThat(admit(connection, threads, "c")).isFalse();
    assertThat(connection.log).containsExactly(DENIED);
    assertThat(threads.occupied()).isZero();
  }

  @Test
  void w2_noMessageIsDecidedAfterAClosingAnswer() {
    RecordedConnection connection =
        connect(WebSocketThrottling.ofMessages(chat).answer(MessageAnswer.closeTryAgainLater()));
    for (int n = 0; n < 4; n++) {
      admit(connection, threads, "a");
    }
    assertThat(connection.log).hasSize(1).first().asString().startsWith("close 1013");
  }

  @Test
  void f6_aMessageWithoutAFreeThreadIsDeniedWithoutADecision() {
    RecordedConnection connection = connect(WebSocketThrottling.ofMessages(chat));
    assertThat(threads.tryAcquire("127.0.0.1", 1)).isTrue();
    assertThat(admit(connection, threads, "a")).isFalse();
    assertThat(connection.log).containsExactly(OVERFLOW);
    RecordedConnection other =
        new RecordedConnection(
            new TestHandshake("/chat", backend, "192.0.2.1"),
            WebSocketThrottling.ofMessages(chat),
            tasks::add);
    assertThat(admit(other, threads, "a")).as("a thread is left for another client").isTrue();
    threads.release("127.0.0.1", 1);
    assertThat(admit(connection, threads, "a")).as("nothing was taken before").isTrue();
    assertThat(admit(connection, threads, "b")).isTrue();
  }

  @Test
  void w4_theOpenConnectionsOfAClientAreLimitedAndReleased() {
    WebSocketThrottling throttling = WebSocketThrottling.ofMessages(chat).maxConnections(2);
    RecordedConnection first = connect(throttling);
    RecordedConnection second = connect(throttling.answer(MessageAnswer.drop()));
    RecordedConnection third = connect(throttling);
    assertThat(first.throttles.open(threads)).isTrue();
    assertThat(second.throttles.open(threads)).isTrue();
    assertThat(third.throttles.open(threads)).isFalse();
    assertThat(third.log).containsExactly("close 1013 Too many open connections.");
    third.throttles.end();
    assertThat(connect(throttling).throttles.open(threads)).isFalse();
    first.throttles.end();
    first.throttles.end();
    assertThat(connect(throttling).throttles.open(threads)).isTrue();
    assertThat(connect(throttling).throttles.open(threads)).isFalse();
  }

  @Test
  void w4_aConnectionThatEndsBeforeItIsOpenedDoesNotCount() {
    WebSocketThrottling throttling = WebSocketThrottling.ofMessages(chat).maxConnections(1);
    RecordedConnection ended = connect(throttling);
    ended.throttles.end();
    assertThat(ended.throttles.open(threads)).isFalse();
    assertThat(connect(throttling).throttles.open(threads)).isTrue();
    RecordedConnection unlimited = connect(WebSocketThrottling.ofMessages(chat));
    unlimited.throttles.end();
    assertThat(unlimited.throttles.open(threads)).as("the application is not notified").isFalse();
  }

  @Test
  void w4_exemptClientsAreNotLimitedAndUnknownOnesShareALimit() {
    WebSocketThrottling exempt =
        WebSocketThrottling.ofMessages(chat).client(view -> Identity.EXEMPT).maxConnections(1);
    WebSocketThrottling unknown = exempt.client(view -> null).maxConnections(1);
    for (int n = 0; n < 2; n++) {
      assertThat(connect(exempt).throttles.open(threads)).isTrue();
      assertThat(connect(unknown).throttles.open(threads)).isEqualTo(n == 0);
    }
  }

  @Test
  void w4_theLimitMustBeAtLeastOne() {
    assertThatThrownBy(() -> WebSocketThrottling.ofMessages(chat).maxConnections(0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("maxConnections must be at least 1: 0. Pass 1 or more.");
  }
}
