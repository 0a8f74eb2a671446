package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hits that are decided all or nothing, on a backend that only implements single calls. */
final class PeekThenHitTest {

  private static final QuotaPolicy SHARED = QuotaPolicy.of("shared", List.of(Rate.perHour(20)));
  private static final QuotaPolicy OWN = QuotaPolicy.of("own", List.of(Rate.perHour(4)));
  private static final BackendCall ALL = call(Operation.HIT, SHARED, "all", 1);
  private static final BackendCall BOB = call(Operation.HIT, OWN, "bob", 2);
  private static final long TOKEN = Rate.perHour(20).nanosPerToken();
  private static final long OWN_TOKEN = Rate.perHour(4).nanosPerToken();

  private final MapBackend backend = new MapBackend();

  private static BackendCall call(
      Operation operation, QuotaPolicy policy, String identity, long cost) {
    return new BackendCall(operation, policy, identity, "", cost);
  }

  /** A backend that changes the answers to single calls, as concurrent calls could. */
  private static MapBackend with(Function<BackendCall, long[]> concurrent) {
    return new MapBackend() {
      @Override
      public long[] decide(BackendCall call) {
        long[] other = concurrent.apply(call);
        long[] margins = super.decide(other == null ? call : call.with(Operation.PEEK, 0, 0));
        return other == null ? margins : other;
      }
    };
  }

  private long tokens(MapBackend of, BackendCall bucket, long nanosPerToken) {
    return of.decide(bucket.with(Operation.PEEK, 0, 0))[0] / nanosPerToken;
  }

  @ParameterizedTest
  @EnumSource
  void b15_grantedHitsAreAllCharged(OperationForm form) {
    List<long[]> answers = form.decideTogether(backend, List.of(ALL, BOB));
    assertThat(answers.get(0)).containsExactly(19 * TOKEN);
    assertThat(answers.get(1)).containsExactly(2 * OWN_TOKEN);
    assertThat(backend.calls)
        .as("the bucket for the fewest further hits comes first")
        .containsExactly("PEEK all  1", "PEEK bob  2", "HIT bob  2", "HIT all  1");
    backend.calls.clear();
    form.decideTogether(backend, List.of(BOB.with(Operation.HIT, 0, 0), ALL));
    assertThat(backend.calls).endsWith("HIT all  1", "HIT bob  0");
  }

  @ParameterizedTest
  @EnumSource
  void b15_b2_aDenialIsKnownBeforeAnyTokenIsTaken(OperationForm form) {
    backend.decide(BOB);
    backend.decide(BOB);
    for (List<BackendCall> hits : List.of(List.of(ALL, BOB), List.of(BOB, ALL))) {
      backend.calls.clear();
      List<long[]> answers = form.decideTogether(backend, hits);
      assertThat(answers.get(hits.indexOf(ALL))).containsExactly(19 * TOKEN);
      assertThat(answers.get(hits.indexOf(BOB))).containsExactly(-2 * OWN_TOKEN);
      assertThat(backend.calls).allMatch(call -> call.startsWith("PEEK"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void b15_aHitThatAConcurrentOneDeniesRefundsTheEarlierOnes(OperationForm form) {
    BackendCall third = call(Operation.HIT, SHARED, "third", 1);
    long[] denied = {-5};
    MapBackend racing =
        with(call -> call.identity().equals("all") && call.cost() == 1 ? denied(call) : null);
    List<long[]> answers = form.decideTogether(racing, List.of(ALL, BOB, third));
    assertThat(answers.get(0)).containsExactly(denied);
    assertThat(answers.get(1)).as("of a peek").containsExactly(2 * OWN_TOKEN);
    assertThat(answers.get(2)).containsExactly(19 * TOKEN);
    assertThat(racing.calls).contains("HIT bob  2", "REFUND bob  2").doesNotContain("HIT third  1");
    assertThat(tokens(racing, BOB, OWN_TOKEN)).isEqualTo(4);
  }

  /** Denies the hit after the peek. */
  private static long[] denied(BackendCall call) {
    return call.operation() == Operation.HIT ? new long[] {-5} : null;
  }

  @ParameterizedTest
  @EnumSource
  void b15_aFailureRefundsTheEarlierHits(OperationForm form) {
    MapBackend failing =
        with(
            call -> {
              if (call.operation() == Operation.HIT && call.identity().equals("all")) {
                throw new BackendException("lost");
              }
              return null;
            });
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> form.decideTogether(failing, List.of(ALL, BOB)))
        .withMessage("lost");
    assertThat(tokens(failing, BOB, OWN_TOKEN)).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource
  void b15_aLostRefundDoesNotReplaceTheDenial(OperationForm form) {
    MapBackend failing =
        with(
            call -> {
              if (call.operation() == Operation.REFUND) {
                throw new BackendException("lost");
              }
              return call.identity().equals("all") ? denied(call) : null;
            });
    List<long[]> answers = form.decideTogether(failing, List.of(ALL, BOB));
    assertThat(answers.get(0)).containsExactly(-5);
  }

  @ParameterizedTest
  @EnumSource
  void f3_aDegradedChargeIsNotRefunded(OperationForm form) {
    long degraded = Margin.degraded(TOKEN);
    MapBackend wrapper =
        with(call -> call.identity().equals("all") ? denied(call) : new long[] {degraded});
    form.decideTogether(wrapper, List.of(ALL, BOB));
    assertThat(wrapper.calls).noneMatch(call -> call.startsWith("REFUND"));
  }

  @ParameterizedTest
  @EnumSource
  void b15_hitsOnOneBucketNeedTheTokensOfBoth(OperationForm form) {
    List<BackendCall> hits = List.of(BOB, BOB.with(Operation.HIT, 3, 0));
    List<long[]> answers = form.decideTogether(backend, hits);
    assertThat(hits.get(0).isGranted(answers.get(0)) && hits.get(1).isGranted(answers.get(1)))
        .isFalse();
    assertThat(tokens(backend, BOB, OWN_TOKEN)).isEqualTo(4);
    form.decideTogether(backend, List.of(BOB, BOB));
    assertThat(tokens(backend, BOB, OWN_TOKEN)).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void b15_oneHitNeedsNoPeekAndNoHitNoCall(OperationForm form) {
    assertThat(form.decideTogether(backend, List.of())).isEmpty();
    form.decideTogether(backend, List.of(BOB));
    assertThat(backend.calls).containsExactly("HIT bob  2");
  }

  @ParameterizedTest
  @EnumSource
  void b15_otherCallsAreRejected(OperationForm form) {
    for (BackendCall call :
        List.of(BOB.with(Operation.REFUND, 1, 0), BOB.with(Operation.HIT, 1, 1))) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> form.decideTogether(backend, List.of(ALL, call)))
          .withMessageContaining("only hits without patience");
    }
    assertThat(backend.calls).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void b15_aMissingAnswerIsAFailure(OperationForm form) {
    MapBackend wrong =
        new MapBackend() {
          @Override
          public List<long[]> decideAll(List<BackendCall> calls) {
            return List.of(new long[1]);
          }

          @Override
          public CompletionStage<List<long[]>> decideAllAsync(List<BackendCall> calls) {
            return CompletableFuture.completedFuture(decideAll(calls));
          }
        };
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> form.decideTogether(wrong, List.of(ALL, BOB)))
        .withMessageContaining("one answer per call: expected 2, got 1");
  }
}
