package io.traffik.redis.lettuce;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A connection that the caller owns outlives the backend. */
final class ConnectionMonitorTest {

  /** A stand-in that records its listeners, because Lettuce does not list them. */
  @Test
  void l3_aClosedMonitorLeavesNoListenerOnTheConnection() {
    List<RedisConnectionStateListener> listeners = new ArrayList<>();
    ClientResources resources = DefaultClientResources.create();
    try {
      StatefulConnection<?, ?> connection =
          (StatefulConnection<?, ?>)
              Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {StatefulConnection.class},
                  (proxy, method, arguments) ->
                      switch (method.getName()) {
                        case "getResources" -> resources;
                        case "isOpen" -> true;
                        case "addListener" -> {
                          listeners.add((RedisConnectionStateListener) arguments[0]);
                          yield null;
                        }
                        case "removeListener" -> {
                          listeners.remove((RedisConnectionStateListener) arguments[0]);
                          yield null;
                        }
                        default -> throw new UnsupportedOperationException(method.toString());
                      });
      ConnectionMonitor monitor = ConnectionMonitor.ofOnly(connection);
      assertThat(listeners).containsExactly(monitor);
      monitor.close();
      assertThat(listeners).isEmpty();
    } finally {
      var unused = resources.shutdown();
    }
  }
}
