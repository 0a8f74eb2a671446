package io.traffik.redis;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.List;

/** Uses the backend in a JVM whose class path lacks one of the clients. */
final class OneClientMain {

  private OneClientMain() {}

  public static void main(String[] arguments) {
    String client = arguments[0];
    String uri = arguments[1];
    String namespace = "one-client-" + Long.toHexString(System.nanoTime());
    QuotaPolicy policy = QuotaPolicy.of("api", List.of(Rate.perHour(2)));
    try (Backend backend =
        client.equals("lettuce")
            ? RedisBackend.lettuce(uri, namespace)
            : RedisBackend.jedis(uri, namespace)) {
      backend.open();
      backend.decide(new BackendCall(Operation.HIT, policy, "client", "", 2));
      boolean denied = backend.decideSingle(Operation.HIT, policy, "client", "", 1, 0) < 0;
      backend.reset();
      System.out.println(client + (denied ? " decides" : " grants too much"));
    }
  }
}
