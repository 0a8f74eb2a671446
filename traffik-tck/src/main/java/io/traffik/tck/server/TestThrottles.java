package io.traffik.tck.server;

import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.ThrottleBuilder;

/** The throttles and identifiers that the tests of adapters share. */
public final class TestThrottles {

  /** The header that carries a client's name. */
  public static final String CLIENT = "X-Client";

  /** Identifies a client by the header {@value #CLIENT}, otherwise by its address. */
  public static final Identifier BY_HEADER =
      ((Identifier)
              view -> {
                String client = view.header(CLIENT);
                return client == null ? null : Identity.of("client " + client);
              })
          .or(Identifier.remoteAddress());

  /** Exempts requests that have the header {@code X-Staff}. For tests only. */
  public static final Identifier STAFF_EXEMPT =
      ((Identifier) view -> view.header("X-Staff") == null ? null : Identity.EXEMPT)
          .or(Identifier.remoteAddress());

  private TestThrottles() {}

  public static ThrottleBuilder throttle(String uid, String rate) {
    return Throttle.builder(uid).rate(rate);
  }
}
