package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Identity;
import io.traffik.Rates;
import io.traffik.Throttle;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a throttle and its backend keep for plans is bounded (rule T9). */
@Isolated
@Tag("fault")
final class ManyPlansTest {

  private static final int TENANTS = 100_000;
  private static final int PLANS = 1_000;
  private static final int IN_FLIGHT = 500;

  /** Objects of a store that do not depend on plans, such as the stripes in memory. */
  private static final long OTHERS = 3_000;

  /** A line of the histogram: rank, number of objects, bytes, class. */
  private static final Pattern OBJECTS =
      Pattern.compile("(?m)^ *\\d+: +(\\d+) +\\d+ +(io\\.traffik\\.[\\w.$]+)");

  /** New rates at each hit, as a function that reads a database creates them. */
  @ParameterizedTest
  @EnumSource
  void t9_plansOfManyTenantsAreKeptOnceAlsoIfEachHitCreatesItsRates(StoreUnderTest store)
      throws Exception {
    Map<String, Long> before = objects();
    try (Backend backend = store.backend("plans-" + Long.toHexString(System.nanoTime()))) {
      Throttle throttle =
          Throttle.builder("api")
              .rates(view -> Rates.of(10 + numberOf(view) % PLANS + "/day"))
              .backend(backend)
              .build();
      hitAll(throttle);
      Map<String, Long> once = added(before);
      assertThat(once).allSatisfy((type, count) -> assertThat(count).isLessThan(PLANS + OTHERS));
      assertThat(once.get("io.traffik.spi.QuotaPolicy")).isBetween((long) PLANS, PLANS + 10L);
      hitAll(throttle);
      assertThat(added(before))
          .as("after twice as many hits")
          .allSatisfy(
              (type, count) ->
                  assertThat(count).isLessThanOrEqualTo(once.getOrDefault(type, 0L) + 10));
      backend.reset();
    }
  }

  /** More different rates than any plan list has, for example computed from the time of day. */
  @ParameterizedTest
  @EnumSource(names = {"LETTUCE", "JEDIS"})
  void t9_ratesThatAreDifferentAtEachHitExhaustNothing(StoreUnderTest store) throws Exception {
    Map<String, Long> before = objects();
    try (Backend backend = store.backend("rates-" + Long.toHexString(System.nanoTime()))) {
      Throttle throttle =
          Throttle.builder("api")
              .rates(view -> Rates.of(10 + numberOf(view) + "/day"))
              .backend(backend)
              .build();
      hitAll(throttle);
      // 4,096 in the throttle, and 1,000 in the backend.
      assertThat(added(before).get("io.traffik.spi.QuotaPolicy")).isBetween(4_096L, 5_200L);
      backend.reset();
    }
  }

  private static int numberOf(ConnectionView view) {
    Identity tenant = view.unwrap(Identity.class);
    return Integer.parseInt(String.valueOf(tenant));
  }

  private static void hitAll(Throttle throttle) {
    List<CompletableFuture<Decision>> inFlight = new ArrayList<>();
    for (int tenant = 0; tenant < TENANTS; tenant++) {
      Identity identity = Identity.of(String.valueOf(tenant));
      inFlight.add(throttle.hitAsync(ConnectionView.of(identity)).toCompletableFuture());
      if (inFlight.size() == IN_FLIGHT) {
        assertThat(inFlight)
            .extracting(CompletableFuture::join)
            .allMatch(decision -> decision.allowed() && !decision.degraded());
        inFlight.clear();
      }
    }
  }

  private static Map<String, Long> added(Map<String, Long> before) throws Exception {
    Map<String, Long> added = new TreeMap<>(objects());
    added.replaceAll((type, count) -> count - before.getOrDefault(type, 0L));
    return added;
  }

  /** The reachable objects of each class of this project, after a garbage collection. */
  private static Map<String, Long> objects() throws Exception {
    Object histogram =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {new String[0]},
                new String[] {String[].class.getName()});
    Map<String, Long> objects = new TreeMap<>();
    Matcher line = OBJECTS.matcher(String.valueOf(histogram));
    while (line.find()) {
      objects.put(line.group(2), Long.parseLong(line.group(1)));
    }
    return objects;
  }
}
