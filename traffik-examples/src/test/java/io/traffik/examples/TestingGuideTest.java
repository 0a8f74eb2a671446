package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Identity;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import io.traffik.tck.FakeConnection;
import io.traffik.tck.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The examples of docs/testing.md. */
final class TestingGuideTest {

  @Test
  void login_allowsThreeAttemptsThenOneEachTwentySeconds() {
    ManualClock clock = new ManualClock();
    Throttle login = Throttle.builder("login").rate("3/min").backend(clock.backend()).build();
    FakeConnection alice = FakeConnection.post("/login").remoteAddress("192.0.2.7");

    for (int attempt = 1; attempt <= 3; attempt++) {
      assertThat(login.hit(alice).allowed()).isTrue();
    }
    assertThat(login.hit(alice).retryAfter()).contains(Duration.ofSeconds(20));
    clock.advance(Duration.ofSeconds(20));
    assertThat(login.hit(alice).allowed()).isTrue();
  }

  @Test
  void identifier_givesEachCustomerAnOwnBucket() {
    Throttle search =
        Throttle.builder("search")
            .rate("1/h")
            .identifier(TestingGuideTest::customer)
            .scope(Scope.ALL_ROUTES)
            .backend(new ManualClock().backend())
            .build();
    FakeConnection connection = FakeConnection.get("/users/7").route("/users/{id}");
    FakeConnection alice = connection.header("X-Api-Key", "alice");
    FakeConnection bob = connection.header("X-Api-Key", "bob");

    assertThat(search.hit(alice).allowed()).isTrue();
    assertThat(search.hit(alice.path("/export").route(null)).denied()).isTrue();
    assertThat(search.hit(bob).allowed()).isTrue();
  }

  private static Identity customer(ConnectionView view) {
    return Identity.of(String.valueOf(view.header("X-Api-Key")));
  }

  @Test
  void cost_growsWithTheMessageSize() {
    Throttle chat =
        Throttle.builder("chat").rate("5/s").cost(v -> 1 + v.messageSize() / 1_024).build();
    InMemoryBackend backend = new ManualClock().backend();
    FakeConnection large = FakeConnection.message("/chat", 3_000).backend(backend);

    Decision decision = chat.hit(large);
    assertThat(decision.charged()).isEqualTo(3);
    assertThat(decision.remaining()).isEqualTo(2);
  }
}
