package io.traffik.tck.websocket;

import io.traffik.http.HttpDenial;
import io.traffik.http.ThrottledRequest;
import io.traffik.tck.FailsTests;
import io.traffik.websocket.MessageAnswer;
import io.traffik.websocket.MessageChannel;
import io.traffik.websocket.MessageDispatcher;
import io.traffik.websocket.MessageView;
import io.traffik.websocket.ThrottledConnection;
import io.traffik.websocket.WebSocketThrottling;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.handshake.ClientHandshake;

/** Adapters of a WebSocket server that break one rule each. */
final class BrokenSockets {

  private BrokenSockets() {}

  @FailsTests(value = "w1_aDeniedMessageNeverReachesItsHandler", andOthers = true)
  static final class RunsTheHandlerAnyway extends ReferenceSocketAdapter {
    @Override
    void text(Line line, String text) {
      line.dispatcher().dispatch(MessageView.text(line.view(), text), delivery(line, () -> {}));
      line.connection().send(line.socket().receive(text));
    }
  }

  @FailsTests({
    "k2_eachContextHasItsOwnBucket",
    "w1_aMessageCanCostItsSize",
    "w1_binaryMessagesAreThrottledAsWell",
    "w3_messagesAreDecidedAndHandledInOrderByOneCallAtATime"
  })
  static final class IgnoresBinaryMessages extends ReferenceSocketAdapter {
    @Override
    void binary(Line line, ByteBuffer data) {
      line.connection().send(line.socket().receive(data));
    }
  }

  @FailsTests({
    "k2_eachContextHasItsOwnBucket",
    "w1_aMessageCanCostItsSize",
    "w2_aDenialIsSentAsAFrameAndTheConnectionStaysOpen",
    "w2_anImpossibleCostHasNoRetryAfter"
  })
  static final class HidesUnsentData extends ReferenceSocketAdapter {
    @Override
    void text(Line line, String text) {
      line.dispatcher()
          .dispatch(
              MessageView.text(line.view(), "x"),
              delivery(line, () -> line.connection().send(line.socket().receive(text))));
    }
  }

  @FailsTests({
    "b3_w1_w3_exactlyOneHundredOfTwoThousandConcurrentMessagesAreHandled",
    "i1_theClientIsTheSocketsRemoteAddress",
    "k2_aTemplateIsOneRoute",
    "k2_aThousandPathsMakeOneKey",
    "k2_theQueryOfAHandshakeGivesNoFreshBucket",
    "k2_noSpellingOfAHandshakeGivesAFreshBucket",
    "k2_noSpellingOfAPathGivesAFreshBucket",
    "t6_aDenialTakesNothingFromTheOtherThrottles",
    "w1_aConnectionThatIsDeniedOnOpenIsClosed",
    "w1_h1_aDeniedHandshakeGetsTheResponseOfADeniedRequest",
    "w1_connectionsOfOneClientShareABucket",
    "w1_t6_aHandshakeThatALaterThrottleDeniesCostsNothing"
  })
  static final class BudgetPerConnection extends ReferenceSocketAdapter {
    private final AtomicInteger connections = new AtomicInteger();

    @Override
    PlannedHandshakeView view(SocketPlan plan, WebSocket connection, ClientHandshake request) {
      String remoteAddress = "192.0.2." + connections.incrementAndGet();
      return new PlannedHandshakeView(plan, connection, request) {
        @Override
        public String remoteAddress() {
          return remoteAddress;
        }
      };
    }
  }

  @FailsTests("k2_anotherPathHasItsOwnBucket")
  static final class OneBucketForAllPaths extends ReferenceSocketAdapter {
    @Override
    PlannedHandshakeView view(SocketPlan plan, WebSocket connection, ClientHandshake request) {
      return new PlannedHandshakeView(plan, connection, request) {
        @Override
        public String route() {
          return "/*";
        }
      };
    }
  }

  @FailsTests({
    "k2_aTemplateIsOneRoute",
    "k2_aThousandPathsMakeOneKey",
    "k2_theQueryOfAHandshakeGivesNoFreshBucket",
    "k2_noSpellingOfAHandshakeGivesAFreshBucket",
    "k2_noSpellingOfAPathGivesAFreshBucket"
  })
  static final class BucketPerSpelling extends ReferenceSocketAdapter {
    @Override
    PlannedHandshakeView view(SocketPlan plan, WebSocket connection, ClientHandshake request) {
      return new PlannedHandshakeView(plan, connection, request) {
        @Override
        public String route() {
          return target();
        }
      };
    }
  }

  @FailsTests("i1_theClientIsTheSocketsRemoteAddress")
  static final class TrustsProxies extends ReferenceSocketAdapter {
    @Override
    PlannedHandshakeView view(SocketPlan plan, WebSocket connection, ClientHandshake request) {
      return new PlannedHandshakeView(plan, connection, request) {
        @Override
        public String remoteAddress() {
          String quotas = header("X-Forwarded-For");
          return quotas == null ? super.remoteAddress() : quotas;
        }
      };
    }
  }

  @FailsTests({
    "handshakeHeadersAreVisibleAndIgnoreCase",
    "i5_anExemptClientHasNoStateAndNoLimit",
    "w3_aFloodingClientThatDoesNotReadDoesNotAffectOthers",
    "w4_theOpenConnectionsOfEachClientAreLimited"
  })
  static final class HidesHeaders extends ReferenceSocketAdapter {
    @Override
    PlannedHandshakeView view(SocketPlan plan, WebSocket connection, ClientHandshake request) {
      return new PlannedHandshakeView(plan, connection, request) {
        @Override
        public Iterable<String> headers(String name) {
          return List.of();
        }
      };
    }
  }

  @FailsTests("b3_w1_w3_perConnectionLimitsAreIndependent")
  static final class LacksConnectionIds extends ReferenceSocketAdapter {
    @Override
    PlannedHandshakeView view(SocketPlan plan, WebSocket connection, ClientHandshake request) {
      return new PlannedHandshakeView(plan, connection, request) {
        @Override
        public <T> T unwrap(Class<T> type) {
          return null;
        }
      };
    }
  }

  @FailsTests({
    "f1_aHandshakeThatAFailureLeavesUndecidedIsUnavailable",
    "k2_theQueryOfAHandshakeGivesNoFreshBucket",
    "w1_h1_aDeniedHandshakeGetsTheResponseOfADeniedRequest",
    "w1_t6_aHandshakeThatALaterThrottleDeniesCostsNothing"
  })
  static final class RejectsWithoutAResponse extends ReferenceSocketAdapter {
    @Override
    void refuse(WebSocketImpl connection, HttpDenial denial) {}
  }

  @FailsTests("w1_t6_aHandshakeThatALaterThrottleDeniesCostsNothing")
  static final class SkipsRefundsOfEarlierThrottles extends ReferenceSocketAdapter {
    @Override
    void enforce(ThrottledRequest request, PlannedSocket socket, PlannedHandshakeView view) {
      socket.handshakes().forEach(throttle -> new ThrottledRequest().enforce(throttle, view));
    }
  }

  @FailsTests("w4_pingsCanBeCharged")
  static final class AnswersAllPings extends ReferenceSocketAdapter {
    @Override
    void ping(Line line, ByteBuffer payload, Runnable pong) {
      pong.run();
    }
  }

  @FailsTests("w4_aClosedConnectionLeavesItsPlaceToAnother")
  static final class CountsClosedConnections extends ReferenceSocketAdapter {
    @Override
    void close(Line line) {}
  }

  @FailsTests({
    "f1_aConnectionThatAFailureLeavesUndecidedIsClosed",
    "w1_aConnectionThatIsDeniedOnOpenIsClosed",
    "w4_theOpenConnectionsOfEachClientAreLimited"
  })
  static final class OpensDeniedConnections extends ReferenceSocketAdapter {
    @Override
    void open(Line line) {}
  }

  @FailsTests(value = "w2_aDenialIsSentAsAFrameAndTheConnectionStaysOpen", andOthers = true)
  static final class SendsTheStatusAsText extends ReferenceSocketAdapter {
    @Override
    MessageChannel channel(WebSocketImpl connection) {
      return new EditingChannel(connection, text -> text.replace(":429", ":\"429\""));
    }
  }

  @FailsTests({
    "f1_aFailedBackendDeniesIfThePolicyIsDeny",
    "f1_aMessageThatAFailureLeavesUndecidedIsAnsweredAndNotHandled",
    "f6_overloadDeniesWhateverTheFailurePolicy",
    "l1_aServerStartsWithoutItsStoreAndUsesItLater"
  })
  static final class BlamesTheClientForFailures extends ReferenceSocketAdapter {
    @Override
    MessageChannel channel(WebSocketImpl connection) {
      return new EditingChannel(connection, text -> text.replace(":503", ":429"));
    }
  }

  @FailsTests("w2_anImpossibleCostHasNoRetryAfter")
  static final class AlwaysSendsRetryAfterInFrames extends ReferenceSocketAdapter {
    @Override
    MessageChannel channel(WebSocketImpl connection) {
      return new EditingChannel(
          connection,
          text -> text.contains("retry_after") ? text : text.replace("}", ",\"retry_after\":1}"));
    }
  }

  @FailsTests({
    "f1_aConnectionThatAFailureLeavesUndecidedIsClosed",
    "w1_aConnectionThatIsDeniedOnOpenIsClosed",
    "w2_theApplicationSendsItsOwnDenial",
    "w2_theConnectionIsClosedWithPolicyViolation",
    "w2_theConnectionIsClosedWithTryAgainLater",
    "w4_theOpenConnectionsOfEachClientAreLimited"
  })
  static final class ClosesWithACodeOfItsOwn extends ReferenceSocketAdapter {
    @Override
    MessageChannel channel(WebSocketImpl connection) {
      return new Channel(connection) {
        @Override
        public void close(int code, String reason) {
          super.close(1011, reason);
        }
      };
    }
  }

  @FailsTests({
    "w2_theApplicationSendsItsOwnDenial",
    "w2_theConnectionIsClosedWithPolicyViolation",
    "w2_theConnectionIsClosedWithTryAgainLater",
    "w2_theMessageIsDroppedSilently"
  })
  static final class AlwaysSendsAFrame extends ReferenceSocketAdapter {
    @Override
    WebSocketThrottling throttling(PlannedSocket socket) {
      return socket.throttling().answer(MessageAnswer.errorFrame());
    }
  }

  @FailsTests({
    "w3_messagesAreDecidedAndHandledInOrderByOneCallAtATime",
    "w3_waitingMessagesAreLimitedOrNotRead"
  })
  static final class HandlesMessagesOutOfOrder extends ReferenceSocketAdapter {
    @Override
    void text(Line line, String text) {
      ThrottledConnection throttles =
          new ThrottledConnection(
              line.socket().throttling(), channel(line.connection()), line.view());
      new MessageDispatcher(throttles, Runnable::run, failure -> {})
          .dispatch(
              MessageView.text(line.view(), text),
              delivery(line, () -> line.connection().send(line.socket().receive(text))));
    }
  }

  @FailsTests("w3_waitingMessagesAreLimitedOrNotRead")
  static final class HasNoLimitOfPendingMessages extends ReferenceSocketAdapter {
    @Override
    WebSocketThrottling throttling(PlannedSocket socket) {
      return socket.throttling().maxPendingMessages(Integer.MAX_VALUE);
    }
  }

  /** Lets clients wait for their whole time limit, so it runs only in the test that rejects it. */
  static final class BlocksTheServersThread extends ReferenceSocketAdapter {
    @Override
    void text(Line line, String text) {
      CountDownLatch handled = new CountDownLatch(1);
      line.dispatcher()
          .dispatch(
              MessageView.text(line.view(), text),
              delivery(
                  line,
                  () -> {
                    line.connection().send(line.socket().receive(text));
                    handled.countDown();
                  }));
      try {
        handled.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
