package io.traffik.memory;

import com.sun.management.ThreadMXBean;
import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.ConnectionView;
import io.traffik.Identity;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/** A program that prints the bytes allocated per compiled hit. */
final class AllocationProbe {

  private static final int HITS = 100_000;
  // A bucket of this rate is never full again after a hit, so that it is never removed and
  // re-created.
  private static final Rate PLENTY = Rate.of(100_000_000, Duration.ofDays(100));
  private static final Rate SCARCE = Rate.of(1, Duration.ofDays(1));

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final ConnectionView[] VIEWS = new ConnectionView[256];

  private AllocationProbe() {}

  public static void main(String[] arguments) {
    for (int i = 0; i < VIEWS.length; i++) {
      VIEWS[i] = new Fixed("203.0.113." + i);
    }
    Backend memory = InMemoryBackend.create("garbage");
    QuotaPolicy plenty = QuotaPolicy.of("plenty", List.of(PLENTY));
    QuotaPolicy scarce = QuotaPolicy.of("scarce", List.of(SCARCE));
    print("bareAllowed", view -> bare(memory, plenty, view));
    print("bareDenied", view -> bare(memory, scarce, view));
    Throttle allows = Throttle.builder("allows").rate(PLENTY).backend(memory).build();
    Throttle denies = Throttle.builder("denies").rate(SCARCE).backend(memory).build();
    print("throttleAllowed", view -> allows.hit(view).remaining());
    print("throttleDenied", view -> denies.hit(view).allowed() ? 1 : 0);
    useEverythingElse(memory);
    print("mixedAllowed", view -> allows.hit(view).remaining());
    print("mixedDenied", view -> denies.hit(view).allowed() ? 1 : 0);
    Identity customer = Identity.of("customer");
    Throttle identified =
        Throttle.builder("identified")
            .rate(PLENTY)
            .identifier(v -> customer)
            .backend(memory)
            .build();
    print("mixedIdentified", view -> identified.hit(view).remaining());
    Throttle two = Throttle.builder("two").rate(PLENTY).rate(SCARCE).backend(memory).build();
    print("twoRates", view -> two.hit(view).allowed() ? 1 : 0);
    QuotaPolicy before = QuotaPolicy.of("before", List.of(PLENTY, PLENTY));
    QuotaPolicy after = QuotaPolicy.of("before", List.of(PLENTY));
    for (ConnectionView view : VIEWS) {
      memory.decide(new BackendCall(Operation.HIT, before, view.remoteAddress(), "", 1));
    }
    print(
        "rateLeftOut",
        view -> memory.decideSingle(Operation.HIT, after, view.remoteAddress(), "", 1, 0));
    int[] hits = {0};
    String[] routes = routesOfOnePlace();
    print("severalRoutes", view -> onRouteOf(routes, hits, memory, plenty, view.remoteAddress()));
    String[] many =
        IntStream.range(0, 2_000).mapToObj(i -> "GET /route" + i).toArray(String[]::new);
    print("manyRoutes", view -> onRouteOf(many, hits, memory, plenty, "one"));
    print("manyRoutesOfWide", view -> onRouteOf(many, hits, memory, plenty, "\u20ac"));
  }

  private static long onRouteOf(
      String[] routes, int[] hits, Backend memory, QuotaPolicy policy, String identity) {
    String route = routes[hits[0]++ % routes.length];
    return memory.decideSingle(Operation.HIT, policy, identity, route, 1, 0);
  }

  /** Routes whose hash codes collide, as some of every application do. */
  private static String[] routesOfOnePlace() {
    return IntStream.range(0, 2_000)
        .mapToObj(i -> "GET /route" + i)
        .filter(route -> (route.hashCode() & 0xff) == 77)
        .limit(4)
        .toArray(String[]::new);
  }

  private static long bare(Backend memory, QuotaPolicy policy, ConnectionView view) {
    return memory.decideSingle(Operation.HIT, policy, view.path(), "GET /", 1, 0);
  }

  /** Exercises every branch of the hit path and two more backend classes. */
  private static void useEverythingElse(Backend memory) {
    Backend failing = new Wrapped(memory, () -> new BackendException("out of reach"));
    Backend wrapped = new Wrapped(memory, () -> null);
    Identity customer = Identity.of("customer");
    List<Throttle> others =
        List.of(
            Throttle.builder("a").rate(PLENTY).backend(wrapped).build(),
            Throttle.builder("b").rate(PLENTY).backend(failing).build(),
            Throttle.builder("c").rate(PLENTY).backend(v -> wrapped).cost(v -> 2).build(),
            Throttle.builder("d")
                .rate(SCARCE)
                .backend(memory)
                .identifier(v -> Identity.EXEMPT)
                .build(),
            Throttle.builder("e").rate(PLENTY).backend(memory).identifier(v -> customer).build(),
            Throttle.builder("f").rate(PLENTY).rate(SCARCE).backend(memory).scope(v -> "").build(),
            Throttle.builder("g").rate(PLENTY).backend(memory).enabled(() -> false).build());
    for (int i = 0; i < HITS; i++) {
      ConnectionView view = VIEWS[i & 255];
      others.forEach(throttle -> throttle.hit(view));
      others.get(0).hit(view, 5);
    }
  }

  private static void print(String name, ToLongFunction<ConnectionView> hit) {
    long sum = 0;
    for (int warmUp = 0; warmUp < 5; warmUp++) {
      sum += loop(hit);
    }
    long before = THREADS.getCurrentThreadAllocatedBytes();
    sum += loop(hit);
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
    System.out.println("hits " + name + " " + (double) bytes / HITS + " " + sum);
  }

  private static long loop(ToLongFunction<ConnectionView> hit) {
    long sum = 0;
    for (int i = 0; i < HITS; i++) {
      sum += hit.applyAsLong(VIEWS[i & 255]);
    }
    return sum;
  }

  private record Fixed(String remoteAddress) implements ConnectionView {

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String route() {
      return "/users/{id}";
    }

    @Override
    public String path() {
      return "/users/42";
    }

    @Override
    public Iterable<String> headers(String name) {
      return List.of();
    }
  }

  private record Wrapped(Backend memory, Supplier<BackendException> failure) implements Backend {

    @Override
    public String namespace() {
      return "wrapped";
    }

    @Override
    public long[] decide(BackendCall call) {
      BackendException thrown = failure.get();
      if (thrown != null) {
        throw thrown;
      }
      return memory.decide(call);
    }

    @Override
    public void reset() {
      memory.reset();
    }

    @Override
    public void close() {}
  }
}
