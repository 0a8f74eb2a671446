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

/** The contract accepts a correct WebSocket adapter, and rejects each broken one. */
@Tag("once")
final class BrokenSocketsTest {

  private static final String NOTHING = "";

  /** The load tests, which are slow and therefore run only on adapters that they must reject. */
  private static final String LOAD = "b3_w1_w3_.*|w3_aFloodOf.*";

  private static final String WAITING = "w3_aPendingDecisionDoesNotBlockOtherConnections";

  private static final long TIMEOUT = SocketClient.timeoutSeconds;

  /** Many broken adapters are rejected because a message is missing. */
  @BeforeEach
  void lowerTimeout() {
    SocketClient.timeoutSeconds = 5;
  }

  @AfterEach
  void restoreTimeout() {
    SocketClient.timeoutSeconds = TIMEOUT;
  }

  private static Stream<Class<?>> brokenAdapters() {
    return Stream.of(BrokenSockets.class, BrokenFailureAnswers.class)
        .flatMap(group -> Arrays.stream(group.getDeclaredClasses()))
        .filter(type -> type.isAnnotationPresent(FailsTests.class));
  }

  private static Set<String> mustFail(Class<?> adapter) {
    return new TreeSet<>(Arrays.asList(adapter.getAnnotation(FailsTests.class).value()));
  }

  @Test
  void aRightAdapterPasses() {
    restoreTimeout();
    ContractRun run = ContractRun.of(ReferenceSocketAdapter.class, NOTHING);
    assertThat(run.failed()).isEmpty();
    assertThat(run.skipped()).isEmpty();
    // Each test must reject at least one adapter.
    assertThat(
            Stream.concat(brokenAdapters().flatMap(s -> mustFail(s).stream()), Stream.of(WAITING)))
        .containsAll(run.passed());
  }

  /** Runs adapters in parallel, because most of the time they wait for missing messages. */
  @TestFactory
  Stream<DynamicTest> eachSpecimenIsRejectedByItsRules() {
    ExecutorService together = Executors.newFixedThreadPool(4);
    List<DynamicTest> tests = new ArrayList<>();
    brokenAdapters()
        .filter(adapter -> !isForLoad(adapter))
        .forEach(
            adapter -> {
              Future<ContractRun> run = together.submit(() -> ContractRun.of(adapter, LOAD));
              tests.add(
                  DynamicTest.dynamicTest(
                      adapter.getSimpleName(),
                      () -> assertRejected(adapter, repeatedIfLate(run.get(), adapter, LOAD))));
            });
    together.shutdown();
    brokenAdapters()
        .filter(BrokenSocketsTest::isForLoad)
        .forEach(
            adapter ->
                tests.add(
                    DynamicTest.dynamicTest(
                        adapter.getSimpleName(),
                        () ->
                            assertRejected(
                                adapter,
                                repeatedIfLate(
                                    ContractRun.of(adapter, NOTHING), adapter, NOTHING)))));
    return tests.stream();
  }

  private static boolean isForLoad(Class<?> adapter) {
    return mustFail(adapter).stream().anyMatch(test -> test.matches(LOAD));
  }

  /** On a busy machine, a message may come after the short timeout of these tests. */
  private static ContractRun repeatedIfLate(
      ContractRun run, Class<?> adapter, String excludedTests) {
    if (mustFail(adapter).containsAll(run.failed().keySet())) {
      return run;
    }
    long shortTimeout = SocketClient.timeoutSeconds;
    SocketClient.timeoutSeconds = TIMEOUT;
    try {
      return ContractRun.of(adapter, excludedTests);
    } finally {
      SocketClient.timeoutSeconds = shortTimeout;
    }
  }

  private static void assertRejected(Class<?> adapter, ContractRun run) {
    Set<String> expected = mustFail(adapter);
    Map<String, String> failed = run.failed();
    if (adapter.getAnnotation(FailsTests.class).andOthers()) {
      assertThat(failed.keySet()).containsAll(expected);
    } else {
      assertThat(failed.keySet()).as("%s", failed).isEqualTo(expected);
    }
    failed.forEach(
        (test, message) ->
            assertThat(message)
                .startsWith(adapter.getSimpleName())
                .containsPattern(" breaks rule [A-Z][0-9]| fails handshakeHeaders"));
  }

  @Test
  void aServersThreadThatWaitsIsSeen() {
    String others = "(?!" + WAITING + ").*";
    assertThat(ContractRun.of(BrokenSockets.BlocksTheServersThread.class, others).failed())
        .containsOnlyKeys(WAITING);
  }
}
