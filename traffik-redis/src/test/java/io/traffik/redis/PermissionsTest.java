package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend.Operation;
import io.traffik.ConfigurationException;
import io.traffik.Rate;
import io.traffik.TraffikException;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.RedisServers;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The permissions that docs/redis.md states are enough, and each is necessary: rule L1. */
@NeedsProcesses
final class PermissionsTest {

  private static final String KEYS = "~app|*";
  private static final List<String> DECISIONS =
      List.of("+eval", "+evalsha", "+time", "+get", "+set", "+del");
  private static final List<String> RESET = List.of("+scan", "+unlink");
  private static final List<String> CLUSTER = List.of("+cluster", "+asking");

  private static void createUser(RedisProcess server, List<String> rules) {
    List<String> command =
        new ArrayList<>(List.of("ACL", "SETUSER", "bob", "reset", "on", ">secret"));
    command.addAll(rules);
    server.execute(command.toArray(new String[0]));
  }

  private static List<String> rules(List<String> first, List<String> second) {
    return Stream.of(List.of(KEYS), first, second).flatMap(List::stream).toList();
  }

  private static List<String> without(List<String> rules, String rule) {
    return rules.stream().filter(other -> !other.equals(rule)).toList();
  }

  private static String uri(RedisProcess server) {
    return server.uri().toString().replace("//", "//bob:secret@");
  }

  private static BackendCall hit(String client) {
    return new BackendCall(
        Operation.HIT, QuotaPolicy.of("api", List.of(Rate.perHour(2))), client, "", 1);
  }

  /** Every kind of decision that writes, reads or removes. */
  private static void useAll(RedisBackend backend) {
    backend.open();
    assertThat(backend.decide(hit("one"))[0]).isNotNegative();
    assertThat(backend.decideAll(List.of(hit("one"), hit("two")))).hasSize(2);
    assertThat(backend.decideTogether(List.of(hit("two"), hit("three")))).hasSize(2);
    assertThat(backend.decideAsync(hit("four")).toCompletableFuture().join()[0]).isNotNegative();
    backend.decide(hit("four").with(Operation.REFUND, 1, 0));
    backend.reset();
    assertThat(backend.decide(hit("one").with(Operation.PEEK, 2, 0))[0]).isNotNegative();
  }

  @ParameterizedTest
  @EnumSource
  void l1_theDocumentedPermissionsAreEnough(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start()) {
      createUser(server, rules(DECISIONS, RESET));
      try (RedisBackend backend = client.backend(uri(server))) {
        useAll(backend);
      }
      assertThat(server.execute("DBSIZE")).isEqualTo("0");
    }
  }

  @Test
  void l1_theDocumentedPermissionsAreEnoughInACluster() {
    String[] uris =
        RedisServers.cluster().nodes().stream().map(PermissionsTest::uri).toArray(String[]::new);
    List<String> commands = Stream.of(DECISIONS, RESET).flatMap(List::stream).toList();
    RedisServers.cluster().nodes().forEach(node -> createUser(node, rules(commands, CLUSTER)));
    try {
      for (RedisBackendBuilder<?> builder :
          List.of(
              RedisBackend.lettuce("app").cluster(uris), RedisBackend.jedis("app").cluster(uris))) {
        try (RedisBackend backend = builder.build()) {
          useAll(backend);
        }
      }
    } finally {
      RedisServers.cluster().nodes().forEach(node -> node.execute("ACL", "DELUSER", "bob"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_openNamesEachMissingPermission(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start()) {
      for (String missing : DECISIONS) {
        createUser(server, rules(without(DECISIONS, missing), List.of("+info")));
        client.requireFailure(uri(server), "permission denied", "Grant the user " + missing + ".");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_openNamesTheMissingKeys(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start()) {
      createUser(server, without(rules(DECISIONS, List.of("~other|*")), KEYS));
      client.requireFailure(
          uri(server), "permission denied", "Grant the user the keys of the namespace: ~app|*.");
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_openNamesTheMissingSelect(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start()) {
      createUser(server, rules(DECISIONS, RESET));
      client.requireFailure(uri(server) + "/1", "permission denied", "Grant the user +select.");
      assertThatThrownBy(() -> client.open(uri(server) + "/1"))
          .hasMessageNotContaining("not connected");
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_resetNamesEachMissingPermission(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start()) {
      for (String missing : RESET) {
        createUser(server, rules(DECISIONS, without(RESET, missing)));
        try (RedisBackend backend = client.backend(uri(server))) {
          backend.decide(hit("one"));
          assertThatThrownBy(backend::reset)
              .isInstanceOf(TraffikException.class)
              .hasMessageContaining("Grant the user " + missing + ".");
        }
      }
    }
  }

  /** A permission may also be revoked while the application runs. */
  @ParameterizedTest
  @EnumSource
  void l1_aDecisionNamesTheMissingPermission(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start()) {
      createUser(server, rules(DECISIONS, List.of()));
      try (RedisBackend backend = client.backend(uri(server))) {
        backend.decide(hit("one"));
        server.execute("ACL", "SETUSER", "bob", "-set");
        assertThatThrownBy(() -> backend.decide(hit("one")))
            .isNotInstanceOf(ConfigurationException.class)
            .hasMessageContaining("Grant the user +set.");
      }
    }
  }
}
