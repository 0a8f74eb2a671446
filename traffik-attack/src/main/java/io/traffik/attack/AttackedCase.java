package io.traffik.attack;

import io.traffik.attack.scenario.Attack;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.ServerKind;

/**
 * An attack on one server over one backend.
 *
 * @param connections the connections of the attacker
 */
record AttackedCase(Attack attack, ServerKind server, BackendKind backend, int connections) {

  @Override
  public String toString() {
    return "%s, %s, %s, %d connections".formatted(attack.name(), server, backend, connections);
  }
}
