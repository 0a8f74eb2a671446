package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.ConnectionView;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every operation passes through a wrapping backend. */
final class CallCountingBackendTest {

  private static final ConnectionView VIEW =
      new ConnectionView() {
        @Override
        public String method() {
          return "GET";
        }

        @Override
        public String path() {
          return "/";
        }

        @Override
        public String remoteAddress() {
          return "192.0.2.1";
        }

        @Override
        public Iterable<String> headers(String name) {
          return List.of();
        }
      };

  @Test
  void l7_everyOperationIsCountedAndDecidedByTheWrappedBackend() {
    CallCountingBackend counting = new CallCountingBackend(InMemoryBackend.create("counted"));
    Throttle one = Throttle.builder("one").rate("2/h").backend(counting).build();
    Throttle two = Throttle.builder("two").rate("2/h").rate("3/h").backend(counting).build();
    for (Throttle each : List.of(one, two)) {
      assertThat(each.hit(VIEW).remaining()).isEqualTo(1);
      assertThat(each.hitAsync(VIEW).toCompletableFuture().join().remaining()).isZero();
      assertThat(each.peek(VIEW).denied()).isTrue();
      assertThat(each.refund(VIEW).remaining()).isEqualTo(1);
    }
    assertThat(counting.calls()).isEqualTo(8);
  }
}
