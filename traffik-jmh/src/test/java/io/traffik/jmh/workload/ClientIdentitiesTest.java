package io.traffik.jmh.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.ConnectionView;
import io.traffik.Identifier;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClientIdentitiesTest {

  @Test
  void differentClientsDiffer() {
    Set<String> identities = new HashSet<>();
    for (int client = 0; client < 200_000; client++) {
      identities.add(ClientIdentities.of(client));
    }
    assertThat(identities).hasSize(200_000);
    assertThat(ClientIdentities.of(7))
        .isEqualTo(ClientIdentities.of(7))
        .isNotSameAs(ClientIdentities.of(7));
  }

  @Test
  void addressesAreAddresses() {
    for (int client = 0; client < 1_000; client++) {
      ConnectionView view = new FixedConnection(ClientIdentities.address(client));
      assertThat(Identifier.remoteAddress().identify(view)).isNotNull();
    }
  }

  @Test
  void popularityIsLogUniform() {
    Map<String, Integer> counts = new HashMap<>();
    for (String draw : LogUniformClients.draws(1_000, 1, 1 << 17)) {
      counts.merge(draw, 1, Integer::sum);
    }
    double unit = (1 << 17) / Math.log(1_001);
    // Clients of rank a to b − 1 have the weight ln((b + 1) / (a + 1)).
    assertThat(drawn(counts, 0, 1)).isBetween(0.97 * unit * Math.log(2), 1.03 * unit * Math.log(2));
    assertThat(drawn(counts, 9, 99))
        .isBetween(0.97 * unit * Math.log(10), 1.03 * unit * Math.log(10));
    assertThat(drawn(counts, 0, 1_000)).isEqualTo(1 << 17);
  }

  private static double drawn(Map<String, Integer> counts, int from, int to) {
    double sum = 0;
    for (int rank = from; rank < to; rank++) {
      sum += counts.getOrDefault(ClientIdentities.of(LogUniformClients.client(rank, 1_000)), 0);
    }
    return sum;
  }
}
