package io.traffik.tck.websocket;

import static io.traffik.tck.server.TestThrottles.throttle;
import static io.traffik.tck.websocket.WebSocketFixture.PATH;
import static io.traffik.tck.websocket.WebSocketFixture.socket;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.Throttle;
import io.traffik.tck.server.TestThrottles;
import io.traffik.websocket.ConnectionId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Many concurrent messages, on one connection and on several. */
interface SocketLoadRules {

  int CONNECTIONS = 10;
  int MESSAGES = 200;
  int LIMIT = 100;

  /** Sends all messages and checks the order of the replies; returns the number of handled ones. */
  private static int flood(WebSocketFixture.SocketServer server, int number) throws Exception {
    SocketClient client = server.connect(PATH);
    for (int n = 0; n < MESSAGES; n++) {
      client.send(number + "/" + n);
    }
    int served = 0;
    for (int n = 0; n < MESSAGES; n++) {
      String received = client.receive();
      // Because the bucket does not refill, only the first messages of a connection are allowed.
      if (received.equals(PlannedSocket.reply(number + "/" + n)) && served == n) {
        served++;
      } else {
        ReceivedFrame.assertDenial(received, 36);
      }
    }
    client.ping().assertReceives(SocketClient.PONG);
    return served;
  }

  private static List<Integer> floods(WebSocketFixture.SocketServer server) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      List<Callable<Integer>> clients = new ArrayList<>();
      for (int number = 0; number < CONNECTIONS; number++) {
        int mine = number;
        clients.add(() -> flood(server, mine));
      }
      List<Integer> served = new ArrayList<>();
      for (Future<Integer> client : threads.invokeAll(clients)) {
        served.add(client.get());
      }
      return served;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  default void b3_w1_w3_exactlyOneHundredOfTwoThousandConcurrentMessagesAreHandled(
      WebSocketFixture fixture) throws Exception {
    PlannedSocket socket = socket(throttle("chat", LIMIT + "/h").build());
    List<Integer> served = floods(fixture.serve(socket));
    assertEquals(
        LIMIT,
        served.stream().mapToInt(Integer::intValue).sum(),
        () -> "handled messages of 10 connections with 200 each: " + served);
    assertEquals(LIMIT, socket.received().size(), "messages that the handler received");
    assertEquals(LIMIT, fixture.backend().taken("chat"), "tokens taken");
  }

  @Test
  default void b3_w1_w3_perConnectionLimitsAreIndependent(WebSocketFixture fixture)
      throws Exception {
    PlannedSocket socket =
        socket(throttle("chat", LIMIT + "/h").identifier(ConnectionId.identifier()).build());
    List<Integer> served = floods(fixture.serve(socket));
    assertEquals(
        Collections.nCopies(CONNECTIONS, LIMIT),
        served,
        "handled messages of each of 10 connections with 200 each");
    assertEquals(CONNECTIONS, fixture.backend().identities("chat").size(), "number of clients");
  }

  @Test
  default void w3_aFloodingClientThatDoesNotReadDoesNotAffectOthers(WebSocketFixture fixture)
      throws Exception {
    Throttle chat = throttle("chat", LIMIT + "/h").identifier(TestThrottles.BY_HEADER).build();
    PlannedSocket socket = socket(chat);
    WebSocketFixture.SocketServer server = fixture.serve(socket);
    AtomicBoolean over = new AtomicBoolean();
    SocketClient flood = server.connectWithoutReading(PATH, TestThrottles.CLIENT, "flood");
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<?> flooding =
          thread.submit(
              () -> {
                try {
                  while (!over.get()) {
                    flood.send("flood");
                  }
                } catch (CompletionException e) {
                  // The server closed the connection, or stopped reading from it.
                }
              });
      SocketClient calm = server.connect(PATH, TestThrottles.CLIENT, "calm");
      for (int n = 0; n < LIMIT; n++) {
        calm.send("calm").assertServed("calm");
      }
      calm.send("calm").assertDenied(36);
      over.set(true);
      flood.close();
      flooding.get();
    } finally {
      thread.shutdownNow();
    }
    long flooded = socket.received().stream().filter("flood"::equals).count();
    assertTrue(
        flooded <= LIMIT,
        () -> "at most the limit may be handled of the flooding client's messages: " + flooded);
  }
}
