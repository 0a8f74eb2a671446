package io.traffik.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.traffik.Backend;
import io.traffik.ConnectionView.Kind;
import io.traffik.Identifier;
import io.traffik.Scope;
import io.traffik.Throttle;
import org.junit.jupiter.api.Test;

final class FakeConnectionTest {

  private static final FakeConnection USER = FakeConnection.get("/users/7");

  @Test
  void k2_eachKindHasItsOwnScope() {
    assertThat(Scope.METHOD_AND_ROUTE.of(USER)).isEqualTo("GET *");
    assertThat(Scope.METHOD_AND_ROUTE.of(USER.route("/users/{id}"))).isEqualTo("GET /users/{id}");
    assertThat(Scope.PATH.of(FakeConnection.post("/a"))).isEqualTo("POST /a");
    assertThat(Scope.PATH.of(USER.method("PUT").path("/b"))).isEqualTo("PUT /b");
    assertThat(FakeConnection.handshake("/chat").kind()).isEqualTo(Kind.HANDSHAKE);
    FakeConnection message = FakeConnection.message("/chat", 12);
    assertThat(message.kind()).isEqualTo(Kind.MESSAGE);
    assertThat(message.messageSize()).isEqualTo(12);
    assertThat(message.context()).isEqualTo("default");
    assertThat(message.context("typing").context()).isEqualTo("typing");
  }

  @Test
  void i1_theRemoteAddressIdentifiesTheClient() {
    assertThat(Identifier.remoteAddress().identify(USER)).hasToString("192.0.2.1");
    assertThat(Identifier.remoteAddress().identify(USER.remoteAddress("198.51.100.7")))
        .hasToString("198.51.100.7");
    assertThat(Identifier.remoteAddress().identify(USER.remoteAddress(null))).isNull();
  }

  @Test
  void headersKeepAllLinesAndIgnoreCase() {
    FakeConnection connection = USER.header("X-Id", "a").header("x-ID", "b").header("Y", "c");
    assertThat(connection.headers("X-ID")).containsExactly("a", "b");
    assertThat(connection.header("x-id")).isEqualTo("a");
    assertThat(connection.header("Z")).isNull();
    assertThat(USER.headers("X-Id")).isEmpty();
  }

  @Test
  void l6_theConnectionHasTheBackend() {
    Backend backend = new ManualClock().backend();
    Throttle throttle = Throttle.builder("api").rate("1/min").build();
    assertThat(throttle.hit(USER.backend(backend)).allowed()).isTrue();
    assertThat(throttle.hit(USER.backend(backend)).denied()).isTrue();
  }

  @Test
  void l6_unwrapReturnsTheFrameworksObject() {
    FakeConnection wrapping = USER.wrapping("request");
    assertThat(wrapping.unwrap(CharSequence.class)).isEqualTo("request");
    assertThat(wrapping.unwrap(Integer.class)).isNull();
    assertThat(USER.unwrap(Object.class)).isNull();
  }

  @Test
  void w1_theSizeOfAMessageIsNotNegative() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FakeConnection.message("/chat", -1))
        .withMessage("size must be at least 0: -1");
  }
}
