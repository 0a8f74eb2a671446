package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class InMemoryBackendLifeTest {

  private static final QuotaPolicy ONE = Policies.perYear(1);
  private static final String CLOSED = "Backend \"app\" is closed. Create a new one.";

  private final InMemoryBackend backend = InMemoryBackend.create("app");

  @Test
  void l1_isReadyWhenBuiltAndOpeningItIsIdempotent() {
    assertThat(hit(backend, "early")).isTrue();
    backend.open();
    assertThat(hit(backend, "early")).isFalse();
    backend.open();
    assertThat(hit(backend, "early")).isFalse();
  }

  @Test
  void l2_resetRemovesAllItsBucketsAndNoOthers() {
    InMemoryBackend neighbour = InMemoryBackend.create("appX");
    for (int i = 0; i < 5_000; i++) {
      assertThat(hit(backend, "client " + i)).isTrue();
    }
    assertThat(hit(neighbour, "client 1")).isTrue();
    backend.reset();
    assertThat(backend.size()).isZero();
    for (int i = 0; i < 5_000; i++) {
      assertThat(hit(backend, "client " + i)).isTrue();
    }
    assertThat(hit(neighbour, "client 1")).isFalse();
  }

  @Test
  void l2_resetAsynchronouslyIsDoneAtOnce() {
    assertThat(hit(backend, "client")).isTrue();
    assertThat(backend.resetAsync().toCompletableFuture()).isCompleted();
    assertThat(hit(backend, "client")).isTrue();
  }

  @Test
  void l3_closingTwiceIsTheSameAsOnceAndGivesTheMemoryBack() {
    assertThat(hit(backend, "client")).isTrue();
    backend.close();
    assertThat(backend.size()).isZero();
    assertThatCode(backend::close).doesNotThrowAnyException();
    assertThat(backend.namespace()).isEqualTo("app");
  }

  @TestFactory
  Stream<DynamicTest> l3_useAfterCloseIsIllegalState() {
    QuotaPolicy two = Policies.of("two", Rate.perSecond(1), Rate.perSecond(2));
    backend.close();
    return Stream.of(
        refused(
            "decide", () -> backend.decide(new BackendCall(Operation.HIT, two, "client", "", 1))),
        refused(
            "decideSingle", () -> backend.decideSingle(Operation.PEEK, ONE, "client", "", 1, 0)),
        refused("open", backend::open),
        refused("reset", backend::reset),
        refused("cleanUp", backend::cleanUp));
  }

  private static DynamicTest refused(String what, ThrowingCallable use) {
    return DynamicTest.dynamicTest(
        what, () -> assertThatIllegalStateException().isThrownBy(use).withMessage(CLOSED));
  }

  @Test
  void l7_oneMarginForSeveralRatesIsRefused() {
    QuotaPolicy two = Policies.of("two", Rate.perSecond(1), Rate.perSecond(2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> backend.decideSingle(Operation.HIT, two, "client", "", 1, 0))
        .withMessage(
            "policy must have exactly one rate: two[1/s, 2/s]. Call decide or decideInto.");
    assertThat(backend.size()).isZero();
  }

  @Test
  void b6_aNegativeCostIsRefusedAndFillsNoBucket() {
    QuotaPolicy two = Policies.of("two", Rate.perDay(1), Rate.perDay(2));
    for (Operation operation : Operation.values()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> backend.decideSingle(operation, ONE, "client", "", -1, 0))
          .withMessage("cost must be at least 0: -1");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> backend.decide(new BackendCall(operation, two, "client", "", -2)))
          .withMessage("cost must be at least 0: -2");
    }
    assertThat(hit(backend, "client")).isTrue();
    assertThat(hit(backend, "client")).isFalse();
  }

  @Test
  void l3_t7_asynchronousUseAfterCloseFailsTheStage() {
    backend.close();
    assertFails(backend.decideAsync(new BackendCall(Operation.HIT, ONE, "client", "", 1)));
    assertFails(backend.resetAsync());
  }

  /** Using a closed backend is an error of the application, which no failure policy covers. */
  @Test
  void l3_aThrottleOnAClosedBackendSaysSo() {
    Throttle api = Throttle.builder("api").rate("1/h").backend(backend).build();
    backend.close();
    ClientRequest client = new ClientRequest("192.0.2.1");
    assertThatIllegalStateException().isThrownBy(() -> api.hit(client)).withMessage(CLOSED);
    assertFails(api.hitAsync(client));
  }

  private static void assertFails(CompletionStage<?> stage) {
    assertThat(stage.toCompletableFuture())
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(IllegalStateException.class)
        .withMessageContaining(CLOSED);
  }

  private static boolean hit(InMemoryBackend on, String identity) {
    return on.decideSingle(Operation.HIT, ONE, identity, "", 1, 0) >= 0;
  }
}
