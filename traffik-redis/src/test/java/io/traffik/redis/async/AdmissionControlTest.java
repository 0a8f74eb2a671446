package io.traffik.redis.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.redis.async.AdmissionControl.AdmittedCall;
import io.traffik.redis.async.AdmissionControl.CallRejectedException;
import io.traffik.redis.async.AdmissionControl.Mode;
import io.traffik.redis.async.AdmissionControl.ServerStalledException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Places of calls, and what a call without a place means. */
final class AdmissionControlTest {

  /** From this number of calls on, they may delay each other beyond the deadline. */
  private static final int MANY = 8;

  private static final long TIMEOUT = 250_000_000;

  /** The longest time without a timely answer from a server that has not failed. */
  private static final long SILENCE = 4 * TIMEOUT;

  private static final long STEP = 2 * ResponseTracker.RESOLUTION_NANOS;
  private static final int SHARE = AdmissionControl.PLACES / 2;

  private long now = TIMEOUT;
  private final AdmissionControl admission = new AdmissionControl(() -> now);

  private List<AdmittedCall> admit(Mode mode, String client, int calls) throws Exception {
    List<AdmittedCall> admitted = new ArrayList<>(calls);
    for (int i = 0; i < calls; i++) {
      admitted.add(admission.admit(mode, client, now + TIMEOUT, TIMEOUT));
    }
    return admitted;
  }

  private void assertOverload(Mode mode, String client) {
    assertThatThrownBy(() -> admission.admit(mode, client, now + TIMEOUT, TIMEOUT))
        .isInstanceOf(CallRejectedException.class)
        .hasNoSuppressedExceptions();
  }

  @Test
  void f6_aClientGetsHalfOfThePlacesAndOthersGetTheRest() throws Exception {
    List<AdmittedCall> flood = admit(Mode.ASYNCHRONOUS, "flood", SHARE);
    assertOverload(Mode.ASYNCHRONOUS, "flood");
    admit(Mode.ASYNCHRONOUS, "innocent", SHARE / 2);
    assertThat(flood).hasSizeGreaterThan(1_000);
    flood.get(0).end(true);
    flood.get(0).end(true);
    assertOverload(Mode.ASYNCHRONOUS, "flood");
  }

  @Test
  void f6_blockingCallsHavePlacesOfTheirOwn() throws Exception {
    admit(Mode.ASYNCHRONOUS, "client", SHARE);
    assertThatCode(() -> admit(Mode.BLOCKING, "client", SHARE)).doesNotThrowAnyException();
    assertOverload(Mode.BLOCKING, "client");
  }

  @Test
  void f6_aPlaceThatIsFreedIsFreedOnce() throws Exception {
    AdmittedCall first = admit(Mode.BLOCKING, "client", SHARE).get(0);
    first.end(true);
    first.end(true);
    admit(Mode.BLOCKING, "client", 1);
    assertOverload(Mode.BLOCKING, "client");
  }

  @Test
  void f1_f6_aClientWithoutAPlaceMeetsAFailureIfTheServerIsSilent() throws Exception {
    admit(Mode.BLOCKING, "client", SHARE);
    now += SILENCE;
    assertOverload(Mode.BLOCKING, "client");
    now += STEP;
    assertThatThrownBy(() -> admission.admit(Mode.BLOCKING, "client", now + TIMEOUT, TIMEOUT))
        .isInstanceOf(ServerStalledException.class);
  }

  /** The calls of both modes wait for one server. */
  @Test
  void f6_aTimelyAnswerToAnyCallShowsThatTheServerAnswers() throws Exception {
    admit(Mode.BLOCKING, "client", SHARE);
    now += SILENCE;
    AdmittedCall other = admit(Mode.ASYNCHRONOUS, "other", 1).get(0);
    other.end(true);
    now += SILENCE;
    assertOverload(Mode.BLOCKING, "client");
  }

  @Test
  void f1_aLateAnswerDoesNotShowThatTheServerAnswers() throws Exception {
    AdmittedCall late = admit(Mode.BLOCKING, "client", SHARE).get(0);
    now += SILENCE + STEP;
    late.end(true);
    admit(Mode.BLOCKING, "client", 1);
    assertThatThrownBy(() -> admission.admit(Mode.BLOCKING, "client", now + TIMEOUT, TIMEOUT))
        .isInstanceOf(ServerStalledException.class);
  }

  @Test
  void f1_aCallThatEndsWithoutAnAnswerDoesNotShowThatTheServerAnswers() throws Exception {
    List<AdmittedCall> calls = admit(Mode.BLOCKING, "client", SHARE);
    now += SILENCE + STEP;
    calls.get(0).end(false);
    admit(Mode.BLOCKING, "client", 1);
    assertThatThrownBy(() -> admission.admit(Mode.BLOCKING, "client", now + TIMEOUT, TIMEOUT))
        .isInstanceOf(ServerStalledException.class);
  }

  @Test
  void f6_anIdleServerIsNotSilent() throws Exception {
    admit(Mode.BLOCKING, "client", 1).get(0).end(true);
    now += 1_000 * TIMEOUT;
    admit(Mode.BLOCKING, "client", SHARE);
    assertOverload(Mode.BLOCKING, "client");
  }

  @Test
  void f1_f6_aCallThatWasNotSentIsOverloadUnlessTheServerHasFailed() throws Exception {
    AdmittedCall other = admit(Mode.BLOCKING, "other", MANY + 1).get(0);
    now += SILENCE;
    other.end(false);
    assertThat(admission.unsent(TIMEOUT)).isInstanceOf(CallRejectedException.class);
    now += STEP;
    assertThat(admission.unsent(TIMEOUT)).isInstanceOf(ServerStalledException.class);
  }

  @Test
  void f1_f6_aLateAnswerIsOverloadIfManyCallsAreInFlightAndTheServerHasNotFailed()
      throws Exception {
    TimeoutException timeout = new TimeoutException();
    List<AdmittedCall> calls = admit(Mode.BLOCKING, "client", MANY);
    now += SILENCE;
    assertThat(calls.get(1).unanswered(timeout, TIMEOUT))
        .isInstanceOf(CallRejectedException.class)
        .hasCause(timeout);
    now += STEP;
    assertThat(calls.get(1).unanswered(timeout, TIMEOUT)).isSameAs(timeout);
    admit(Mode.BLOCKING, "other", 1).get(0).end(true);
    assertThat(calls.get(1).unanswered(timeout, TIMEOUT)).isInstanceOf(CallRejectedException.class);
    calls.get(0).end(false);
    assertThat(calls.get(1).unanswered(timeout, TIMEOUT)).as("few calls").isSameAs(timeout);
  }
}
