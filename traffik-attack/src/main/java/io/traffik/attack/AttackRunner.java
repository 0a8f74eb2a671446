package io.traffik.attack;

import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.scenario.Attack;
import io.traffik.attack.scenario.AttackOutcome;
import io.traffik.attack.scenario.AttackScale;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.ServerKind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs attacks, each on a server that it starts. Not thread-safe. */
final class AttackRunner {

  private static final Duration QUIET = Duration.ofMillis(1_500);

  /** The short form compares no times, so it measures few. */
  private static final Duration SHORT_QUIET = Duration.ofMillis(200);

  private final AttackScale scale;
  private final String redisUri;
  private final boolean virtualThreads;
  private final Map<String, ClientAnswers> unthrottled = new HashMap<>();

  AttackRunner(AttackScale scale, String redisUri, boolean virtualThreads) {
    this.scale = scale;
    this.redisUri = redisUri;
    this.virtualThreads = virtualThreads;
  }

  /** Runs attacks on one server, each once for each of its numbers of connections. */
  StoppingServer run(List<Attack> attacks, ServerKind server, BackendKind backend)
      throws Exception {
    for (Attack attack : attacks) {
      if (scale == AttackScale.LONG && attack.isCompared()) {
        measureUnthrottled(attack, server);
      }
    }
    List<AttackRow> rows = new ArrayList<>();
    ServerProcess process = start(server, backend, true);
    try {
      for (Attack attack : attacks) {
        ClientAnswers quiet = quiet(attack, process);
        for (int connections : attack.connections(scale)) {
          rows.add(attack(attack, server, backend, connections, process, quiet));
        }
      }
    } catch (Exception e) {
      process.close();
      throw e;
    }
    process.stop();
    return new StoppingServer(process, rows);
  }

  private AttackRow attack(
      Attack attack,
      ServerKind server,
      BackendKind backend,
      int connections,
      ServerProcess process,
      ClientAnswers quiet)
      throws Exception {
    try {
      AttackOutcome outcome = attack.run(process.target(), connections, scale);
      AttackRow.Measured measured =
          new AttackRow.Measured(
              outcome,
              quiet,
              unthrottled.get(key(attack, server, connections)),
              process.state(true),
              process.logLines(),
              List.of());
      return new AttackRow(attack.name(), server, backend, connections, measured, null);
    } catch (IOException e) {
      return new AttackRow(attack.name(), server, backend, connections, null, failure(process, e));
    }
  }

  /** Names the end of the server, if that is why the client failed. */
  private static String failure(ServerProcess process, IOException thrown) {
    try {
      process.state(false);
      return String.valueOf(thrown.getMessage());
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void measureUnthrottled(Attack attack, ServerKind server) throws Exception {
    if (unthrottled.containsKey(key(attack, server, attack.connections(scale).get(0)))) {
      return;
    }
    try (ServerProcess process = start(server, BackendKind.MEMORY, false)) {
      quiet(attack, process);
      for (int connections : attack.connections(scale)) {
        AttackOutcome outcome = attack.run(process.target(), connections, scale);
        unthrottled.put(key(attack, server, connections), outcome.innocents());
      }
    } catch (IOException e) {
      // Without throttles, the attack may end the server. Then there is nothing to compare with.
    }
  }

  private static String key(Attack attack, ServerKind server, int connections) {
    return attack.name() + server + connections;
  }

  private ClientAnswers quiet(Attack attack, ServerProcess process) throws Exception {
    return attack
        .innocents()
        .withoutAttack(process.target(), scale == AttackScale.LONG ? QUIET : SHORT_QUIET);
  }

  private ServerProcess start(ServerKind server, BackendKind backend, boolean throttled)
      throws IOException {
    return new ServerProcess(
        new ServerSettings(server, backend, redisUri, scale, throttled, virtualThreads));
  }
}
