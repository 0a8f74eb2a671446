package io.traffik.attack.scenario;

import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import java.util.List;

/**
 * An attack: the routes that the server needs, and what the attacker sends. It keeps no state. To
 * add one, implement this interface and add it to {@link Attacks#ALL}.
 */
public interface Attack {

  /** The backends that decide on another thread, after a round trip. */
  List<BackendKind> REMOTE = List.of(BackendKind.LETTUCE, BackendKind.JEDIS);

  /** The name, which is also the first part of the paths. */
  String name();

  /** Adds the attacked routes. The server calls it in its own JVM. */
  void addRoutes(RoutePlan plan, AttackScale scale);

  /** The servers to attack. */
  List<ServerKind> servers();

  /** The backends to attack. */
  default List<BackendKind> backends() {
    return List.of(BackendKind.values());
  }

  /** The numbers of connections, one run for each. */
  List<Integer> connections(AttackScale scale);

  /** Whether the long form compares the times of innocents with those before the attack. */
  default boolean isCompared() {
    return true;
  }

  /** The clients whose answers show what the attack does to others. */
  InnocentTraffic innocents();

  /** Attacks a server, with an attacker of a new address, and returns what was counted. */
  AttackOutcome run(AttackTarget target, int connections, AttackScale scale) throws Exception;
}
