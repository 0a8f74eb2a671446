package io.traffik.examples.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import io.traffik.ConfigurationException;
import io.traffik.redis.RedisBackend;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real client of the multi-tenant server. */
final class MultiTenantServerTest {

  private static final Algorithm KEY = Algorithm.HMAC256("a secret of the test");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir private Path directory;
  private final RedisProcess redis = RedisProcess.start();
  private Set<String> threadsBefore = Set.of();
  private Path file = Path.of("");
  private @Nullable MultiTenantServer server;
  private int port;

  @BeforeEach
  void start() throws IOException {
    threadsBefore = threads();
    file = directory.resolve("plans.properties");
    Files.writeString(file, "anonymous = 1/h\nfree = 2/h\npremium = 4/h, 100/day\n");
    server =
        new MultiTenantServer(
            new PlanFile(file), RedisBackend.lettuce(redis.uri().toString(), "tenants"), KEY);
    port = server.start(0);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
    redis.close();
  }

  private static String token(String tenant, String plan) {
    return token(tenant, plan, KEY, Duration.ofHours(1));
  }

  private static String token(String tenant, String plan, Algorithm key, Duration validity) {
    return JWT.create()
        .withIssuer(TenantTokens.ISSUER)
        .withSubject(tenant)
        .withClaim(TenantTokens.PLAN, plan)
        .withExpiresAt(Instant.now().plus(validity))
        .sign(key);
  }

  private int status(@Nullable String token) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/hello"));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  private int granted(@Nullable String token) throws IOException, InterruptedException {
    int granted = 0;
    while (status(token) == 200) {
      granted++;
    }
    return granted;
  }

  @Test
  void t9_tenantsAreIsolatedAndPlansDiffer() throws Exception {
    assertThat(granted(token("a", "free"))).isEqualTo(2);
    assertThat(granted(token("b", "free"))).isEqualTo(2);
    assertThat(granted(token("c", "premium"))).isEqualTo(4);
    assertThat(granted(null)).isEqualTo(1);
    assertThat(granted(token("d", "no such plan"))).as("the throttle's own rates").isEqualTo(10);
    try (RedisConnection admin = redis.connect()) {
      assertThat(admin.list("KEYS", "*")).containsExactly("tenants|api|tenant:c|");
    }
  }

  @Test
  void i4_aTokenThatIsNotValidGivesNoPlan() throws Exception {
    String forged = token("a", "premium", Algorithm.HMAC256("another secret"), Duration.ofHours(1));
    String expired = token("a", "premium", KEY, Duration.ofHours(-1));
    String unsigned = token("a", "premium", Algorithm.none(), Duration.ofHours(1));
    assertThat(granted(forged)).isEqualTo(1);
    assertThat(granted(expired)).as("the same anonymous client").isZero();
    assertThat(granted(unsigned)).isZero();
    assertThat(granted("nonsense")).isZero();
  }

  @Test
  void t9_b11_aRateThatChangesInTheFileTakesEffect() throws Exception {
    String tenant = token("a", "free");
    assertThat(granted(tenant)).isEqualTo(2);
    Files.writeString(file, "free = five");
    Files.writeString(file, "anonymous = 1/h\nfree = 5/h\npremium = 4/h\n");
    await().atMost(Duration.ofSeconds(2)).until(() -> status(tenant) == 200);
    assertThat(granted(tenant)).as("5, less the 3 that were taken").isEqualTo(2);
  }

  @Test
  void t9_aFileThatIsBrokenKeepsThePlans() throws Exception {
    try (PlanFile plans = new PlanFile(file)) {
      Files.writeString(file, "free = many");
      Files.writeString(directory.resolve("other"), "free = 9/h");
      assertThat(plans.ratesOf("free")).hasToString("[2/h]");
      Files.move(directory.resolve("other"), file, StandardCopyOption.REPLACE_EXISTING);
      await().until(() -> String.valueOf(plans.ratesOf("free")).equals("[9/h]"));
      Files.delete(file);
      assertThat(plans.ratesOf("free")).hasToString("[9/h]");
    }
    Files.writeString(file, "free = many");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> new PlanFile(file))
        .withMessageContaining("Plan \"free\" in " + file)
        .withMessageContaining("many");
  }

  @Test
  void l3_closingLeavesNoThreadAndNoConnection() throws Exception {
    assertThat(status(token("c", "premium"))).isEqualTo(200);
    try (RedisConnection admin = redis.connect()) {
      assertThat(admin.text("CLIENT", "LIST").lines()).hasSizeGreaterThan(1);
      MultiTenantServer running = server;
      server = null;
      if (running != null) {
        running.close();
      }
      await().until(() -> admin.text("CLIENT", "LIST").lines().count() == 1);
    }
    await().untilAsserted(() -> assertThat(threadsBefore).containsAll(threads()));
  }

  /** The names of this test's threads, without those that the JDK keeps. */
  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(
            name ->
                !name.matches(
                    "(awaitility|HttpClient|ForkJoinPool|CompletableFutureDelay|process reaper).*"))
        .collect(Collectors.toSet());
  }
}
