package io.traffik.redis.jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.redis.jedis.FairLine.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The order in which calls get connections: rule F6. */
final class FairLineTest {

  private static final int CONNECTIONS = 40;

  private final FairLine<Integer> line = new FairLine<>(CONNECTIONS);

  private void occupyAll(String client) {
    while (line.tryOccupy(client)) {
      // Until no connection is free.
    }
  }

  @Test
  void f6_aClientThatArrivesAfterAFloodIsServedNext() {
    occupyAll("attacker");
    for (int call = 0; call < 250; call++) {
      line.add("attacker", call);
    }
    line.add("innocent", 1_000);
    line.add("innocent", 1_001);
    assertThat(line.release("attacker").call()).isEqualTo(1_000);
    assertThat(line.release("attacker").call()).isEqualTo(1_001);
    assertThat(line.release("attacker").call()).isEqualTo(0);
    assertThat(line.occupied()).isEqualTo(CONNECTIONS);
    assertThat(line.waiting()).isEqualTo(249);
  }

  @Test
  void f6_aThousandCallsOfOneClientAreServedInTheOrderOfArrival() {
    occupyAll("client");
    for (int call = 0; call < 1_000; call++) {
      line.add("client", call);
    }
    for (int call = 0; call < 1_000; call++) {
      assertThat(line.release("client").call()).isEqualTo(call);
    }
    assertThat(line.release("client")).isNull();
  }

  @Test
  void f6_clientsAreServedInTurn() {
    FairLine<Integer> single = new FairLine<>(1);
    assertThat(single.tryOccupy("a")).isTrue();
    for (int call = 0; call < 3; call++) {
      single.add("a", call);
      single.add("b", 10 + call);
      single.add("c", 20 + call);
    }
    List<Integer> served = new ArrayList<>();
    String last = "a";
    for (Place<Integer> next = single.release(last); next != null; next = single.release(last)) {
      served.add(next.call());
      last = next.client();
    }
    assertThat(served).containsExactly(10, 20, 0, 11, 21, 1, 12, 22, 2);
  }

  /** New clients arrive all the time, and each is served before the second call of another. */
  @Test
  void f6_aStreamOfNewClientsDoesNotStopAClient() {
    FairLine<Integer> single = new FairLine<>(1);
    assertThat(single.tryOccupy("old")).isTrue();
    single.add("old", 1);
    single.add("new 0", 0);
    String last = "old";
    for (int client = 1; !last.equals("old") || client == 1; client++) {
      single.add("new " + client, 0);
      last = single.release(last).client();
      assertThat(client).as("clients served before").isLessThan(5);
    }
  }

  @Test
  void f6_aCallThatNoLongerWaitsIsPassedOver() {
    occupyAll("others");
    Place<Integer> first = line.add("client", 1);
    Place<Integer> second = line.add("client", 2);
    assertThat(line.remove(first)).isTrue();
    assertThat(line.remove(first)).isFalse();
    assertThat(line.release("others")).isSameAs(second);
    assertThat(line.remove(second)).isFalse();
    assertThat(line.release("others")).isNull();
  }

  @Test
  void f6_onlyOccupiedConnectionsAreReleased() {
    assertThatThrownBy(() -> line.release("nobody")).isInstanceOf(IllegalStateException.class);
    assertThat(line.tryOccupy("client")).isTrue();
    assertThat(line.release("client")).isNull();
    assertThatThrownBy(() -> line.release("client")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new FairLine<>(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FairLine<>(65)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void f6_aLineOfFewerConnectionsServesTheSameOrder() {
    occupyAll("a");
    line.add("a", 1);
    line.add("b", 2);
    line.resize(CONNECTIONS - 2);
    assertThat(line.release("a")).isNull();
    assertThat(line.release("a")).isNull();
    assertThat(line.tryOccupy("c")).isFalse();
    assertThat(line.next()).isNull();
    assertThat(line.release("a").call()).isEqualTo(2);
    line.resize(CONNECTIONS);
    assertThat(line.next().call()).isEqualTo(1);
    assertThat(line.next()).isNull();
    assertThat(line.tryOccupy("c")).isTrue();
    assertThat(line.tryOccupy("c")).isFalse();
  }

  @Test
  void f6_aClientMayWaitThatOccupiesAllConnections() {
    FairLine<Integer> largest = new FairLine<>(FairLine.MAX_CONNECTIONS);
    for (int i = 0; i < FairLine.MAX_CONNECTIONS; i++) {
      assertThat(largest.tryOccupy("client")).isTrue();
    }
    assertThat(largest.tryOccupy("client")).isFalse();
    largest.add("client", 1);
    largest.add("client", 2);
    assertThat(largest.release("client").call()).isEqualTo(1);
    assertThat(largest.release("client").call()).isEqualTo(2);
    assertThat(largest.waiting()).isZero();
  }

  /** A random history, against a model that searches all waiting calls. */
  @Test
  void f6_theNextCallIsOneOfTheClientWithTheFewestConnections() {
    Random random = new Random(1);
    List<Place<Integer>> waiting = new ArrayList<>();
    List<String> running = new ArrayList<>();
    for (int call = 0; call < 100_000; call++) {
      String client = "client " + (int) Math.abs(random.nextGaussian() * 8);
      int action = random.nextInt(9);
      if (action < 4 + call / 20_000 % 2) {
        if (line.tryOccupy(client)) {
          assertThat(waiting).isEmpty();
          running.add(client);
        } else {
          waiting.add(line.add(client, call));
        }
      } else if (action == 8 && !waiting.isEmpty()) {
        assertThat(line.remove(waiting.remove(random.nextInt(waiting.size())))).isTrue();
      } else if (!running.isEmpty()) {
        Place<Integer> next = line.release(running.remove(random.nextInt(running.size())));
        requireFewest(next, waiting, running);
        if (next != null) {
          waiting.remove(next);
          running.add(next.client());
        }
      }
      assertThat(line.waiting()).isEqualTo(waiting.size());
      assertThat(line.occupied()).isEqualTo(running.size());
    }
  }

  private static void requireFewest(
      Place<Integer> next, List<Place<Integer>> waiting, List<String> running) {
    if (waiting.isEmpty()) {
      assertThat(next).isNull();
      return;
    }
    Map<String, Integer> occupied = new HashMap<>();
    running.forEach(client -> occupied.merge(client, 1, Integer::sum));
    int fewest =
        waiting.stream()
            .mapToInt(place -> occupied.getOrDefault(place.client(), 0))
            .min()
            .orElseThrow();
    assertThat(occupied.getOrDefault(next.client(), 0)).isEqualTo(fewest);
    assertThat(waiting.stream().filter(place -> place.client().equals(next.client())).findFirst())
        .as("the first of its client")
        .containsSame(next);
  }
}
