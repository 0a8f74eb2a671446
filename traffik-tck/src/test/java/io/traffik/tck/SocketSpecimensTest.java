package io.traffik.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The contract of WebSocket adapters lets a right one pass, and rejects each wrong one. */
final class SocketSpecimensTest {

  private static final String NOTHING = "";

  /** Takes longer than all others together, so only those specimens see it that it is for. */
  private static final String LOAD = "b3_w1_w3_.*|w3_aFloodOf.*";

  private static final String WAITING = "w3_aDecisionThatIsWaitedForHoldsNobodyElse";

  private static final long PATIENCE = SocketClient.patienceSeconds;

  /** Many of the specimens are rejected by an answer that does not come. */
  @BeforeEach
  void waitShortly() {
    SocketClient.patienceSeconds = 2;
  }

  @AfterEach
  void waitAsEver() {
    SocketClient.patienceSeconds = PATIENCE;
  }

  private static Stream<Class<?>> specimens() {
    return Arrays.stream(BrokenSockets.class.getDeclaredClasses())
        .filter(type -> type.isAnnotationPresent(FailsTests.class));
  }

  private static Set<String> mustFail(Class<?> specimen) {
    return new TreeSet<>(Arrays.asList(specimen.getAnnotation(FailsTests.class).value()));
  }

  @Test
  void aRightAdapterPasses() {
    waitAsEver();
    Verdict verdict = Verdict.on(HonestSockets.class, NOTHING);
    assertThat(verdict.failed()).isEmpty();
    assertThat(verdict.skipped()).isEmpty();
    // Each rule is seen to reject an adapter, so none of them is there for nothing.
    assertThat(Stream.concat(specimens().flatMap(s -> mustFail(s).stream()), Stream.of(WAITING)))
        .containsAll(verdict.passed());
  }

  @TestFactory
  Stream<DynamicTest> eachSpecimenIsRejectedByItsRules() {
    return specimens()
        .map(
            specimen ->
                DynamicTest.dynamicTest(specimen.getSimpleName(), () -> assertRejected(specimen)));
  }

  private static void assertRejected(Class<?> specimen) {
    Set<String> expected = mustFail(specimen);
    boolean underLoad = expected.stream().anyMatch(test -> test.matches(LOAD));
    Map<String, String> failed = Verdict.on(specimen, underLoad ? NOTHING : LOAD).failed();
    if (specimen.getAnnotation(FailsTests.class).andOthers()) {
      assertThat(failed.keySet()).containsAll(expected);
    } else {
      assertThat(failed.keySet()).as("%s", failed).isEqualTo(expected);
    }
    failed.forEach(
        (test, said) -> assertThat(said).startsWith(specimen.getSimpleName() + " breaks rule "));
  }

  @Test
  void aServersThreadThatWaitsIsSeen() {
    String others = "(?!" + WAITING + ").*";
    assertThat(Verdict.on(BrokenSockets.HoldsTheServersThread.class, others).failed())
        .containsOnlyKeys(WAITING);
  }
}
