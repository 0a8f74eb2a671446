package io.traffik.attack.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ServerStateTest {

  @Test
  void aLineIsParsedToTheSameState() throws Exception {
    ServerState state =
        new ServerState(1L << 40, 7, 3, Map.of("/a/b@127.0.0.2", 5L, "/a/b@127.0.0.3", 2L));
    assertThat(ServerState.parse(state.line())).isEqualTo(state);
    assertThat(state.handled("/a/b", InetAddress.getByName("127.0.0.2"))).isEqualTo(5);
    assertThat(state.handled("/c", InetAddress.getByName("127.0.0.2"))).isZero();
    assertThat(state.handledInAll()).isEqualTo(7);
  }
}
