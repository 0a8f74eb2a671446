package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.FailurePolicy;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.redis.async.AdmissionControl;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** More calls at a time than connections, on a healthy server. */
@Isolated
@NeedsProcesses
@Tag("fault")
class ManyThreadsTest {

  private static final int THREADS = 1_000;
  private static final int FLOOD = 20_000;
  private static final int LIMIT = 100;

  /** Long enough for a busy machine, which must not look like a stalled server. */
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final ConnectionView FLOODER = ConnectionView.of(Identity.of("flooder"));

  private static Throttle throttle(Backend backend) {
    return Throttle.builder("api")
        .rate(LIMIT + "/365d")
        .backend(backend)
        .onBackendFailure(FailurePolicy.ALLOW)
        .build();
  }

  @ParameterizedTest
  @EnumSource
  void b3_f6_aThousandThreadsOfOneClientAreAllDecided(ClientLibrary library) throws Exception {
    try (RedisProcess server = RedisProcess.start();
        Backend backend = library.standalone(server.uri().toString(), "many", DEADLINE)) {
      Throttle throttle = throttle(backend);
      ConcurrentHits.requireExactly(LIMIT, THREADS, i -> () -> throttle.hit(FLOODER));
    }
  }

  @ParameterizedTest
  @EnumSource
  void f6_theSurplusOfOneClientIsDeniedAndOthersAreDecided(ClientLibrary library) {
    try (RedisProcess server = RedisProcess.start();
        Backend backend = library.standalone(server.uri().toString(), "surplus", DEADLINE)) {
      Throttle throttle = throttle(backend);
      throttle.hit(ConnectionView.of(Identity.of("first")));
      // Otherwise the server might answer as fast as the client floods. Half of the deadline does
      // not pass, so the server does not count as stalled.
      server.execute("CLIENT", "PAUSE", "60000", "WRITE");
      List<CompletableFuture<Decision>> flood = new ArrayList<>();
      List<CompletableFuture<Decision>> innocents = new ArrayList<>();
      for (int i = 0; i < FLOOD; i++) {
        flood.add(throttle.hitAsync(FLOODER).toCompletableFuture());
        if (i % 1_000 == 999) {
          ConnectionView innocent = ConnectionView.of(Identity.of("innocent " + i));
          innocents.add(throttle.hitAsync(innocent).toCompletableFuture());
        }
      }
      server.execute("CLIENT", "UNPAUSE");
      List<Decision> decisions = flood.stream().map(CompletableFuture::join).toList();
      assertThat(decisions.stream().filter(Decision::allowed)).hasSize(LIMIT);
      assertThat(decisions.stream().filter(Decision::overloaded))
          .hasSizeBetween(FLOOD - AdmissionControl.PLACES / 2, FLOOD - THREADS);
      assertThat(innocents.stream().map(CompletableFuture::join)).allMatch(Decision::allowed);
    }
  }
}
