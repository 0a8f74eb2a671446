package io.traffik.tck.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.tck.ContractRun;
import io.traffik.tck.FailsTests;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The contract of WebSocket adapters lets a right one pass, and rejects each wrong one. */
@Tag("once")
final class BrokenSocketsTest {

  private static final String NOTHING = "";

  /** Takes longer than all others together, so only those specimens see it that it is for. */
  private static final String LOAD = "b3_w1_w3_.*|w3_aFloodOf.*";

  private static final String WAITING = "w3_aPendingDecisionDoesNotBlockOtherConnections";

  private static final long TIMEOUT = SocketClient.timeoutSeconds;

  /** Many of the specimens are rejected by an answer that does not come. */
  @BeforeEach
  void waitShortly() {
    SocketClient.timeoutSeconds = 5;
  }

  @AfterEach
  void waitAsEver() {
    SocketClient.timeoutSeconds = TIMEOUT;
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
    ContractRun run = ContractRun.of(ReferenceSocketAdapter.class, NOTHING);
    assertThat(run.failed()).isEmpty();
    assertThat(run.skipped()).isEmpty();
    // Each rule is seen to reject an adapter, so none of them is there for nothing.
    assertThat(Stream.concat(specimens().flatMap(s -> mustFail(s).stream()), Stream.of(WAITING)))
        .containsAll(run.passed());
  }

  /** Most of them wait most of the time, for what does not come, so they wait side by side. */
  @TestFactory
  Stream<DynamicTest> eachSpecimenIsRejectedByItsRules() {
    ExecutorService together = Executors.newFixedThreadPool(4);
    List<DynamicTest> tests = new ArrayList<>();
    specimens()
        .filter(specimen -> !isForLoad(specimen))
        .forEach(
            specimen -> {
              Future<ContractRun> run = together.submit(() -> ContractRun.of(specimen, LOAD));
              tests.add(
                  DynamicTest.dynamicTest(
                      specimen.getSimpleName(), () -> assertRejected(specimen, run.get())));
            });
    together.shutdown();
    specimens()
        .filter(BrokenSocketsTest::isForLoad)
        .forEach(
            specimen ->
                tests.add(
                    DynamicTest.dynamicTest(
                        specimen.getSimpleName(),
                        () -> assertRejected(specimen, ContractRun.of(specimen, NOTHING)))));
    return tests.stream();
  }

  private static boolean isForLoad(Class<?> specimen) {
    return mustFail(specimen).stream().anyMatch(test -> test.matches(LOAD));
  }

  private static void assertRejected(Class<?> specimen, ContractRun run) {
    Set<String> expected = mustFail(specimen);
    Map<String, String> failed = run.failed();
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
    assertThat(ContractRun.of(BrokenSockets.HoldsTheServersThread.class, others).failed())
        .containsOnlyKeys(WAITING);
  }
}
