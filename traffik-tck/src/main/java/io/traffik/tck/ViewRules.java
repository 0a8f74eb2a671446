package io.traffik.tck;

import static io.traffik.tck.Trial.route;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.ConnectionView;
import io.traffik.Identity;
import io.traffik.Throttle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an adapter's {@link ConnectionView} tells of a request. */
interface ViewRules {

  /** What an identifier reads from a view, on the thread and at the time of the decision. */
  record Reading<T>(Throttle throttle, CompletableFuture<T> value) {

    static <T> Reading<T> of(Function<ConnectionView, T> reading) {
      CompletableFuture<T> value = new CompletableFuture<>();
      Throttle throttle =
          Trial.throttle("api", "9/h")
              .identifier(
                  view -> {
                    value.complete(reading.apply(view));
                    return Identity.of("anyone");
                  })
              .build();
      return new Reading<>(throttle, value);
    }

    T get() throws Exception {
      return value.get(20, TimeUnit.SECONDS);
    }
  }

  /** The plain parts of a view. */
  record Parts(ConnectionView.Kind kind, String method, String path, @Nullable String peer) {}

  @Test
  default void k2_theViewTellsTheMethodAndTheDecodedPath(Trial trial) throws Exception {
    Reading<Parts> reading =
        Reading.of(view -> new Parts(view.kind(), view.method(), view.path(), view.peer()));
    Site site = trial.serve(trial.template(reading.throttle()));
    Answer answer = site.raw("GET", "/users/a%20b;x=1?q=2");
    answer.mustHaveStatus(200);
    Parts parts = reading.get();
    assertEquals(ConnectionView.Kind.HTTP, parts.kind(), "kind of the view");
    assertEquals("GET", parts.method(), "method of the view");
    assertTrue(
        parts.path().startsWith("/") && parts.path().endsWith("/users/a b"),
        () ->
            "path of the view, decoded, without query and parameters: "
                + parts.path()
                + ", "
                + answer);
  }

  @Test
  default void i1_thePeerIsTheSocketsAddress(Trial trial) throws Exception {
    Reading<String> reading = Reading.of(view -> String.valueOf(view.peer()));
    Site site = trial.serve(route(reading.throttle()));
    site.raw(
        "GET", "/plain", "X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "Via: 1.1 a");
    String peer = reading.get();
    assertTrue(
        List.of("127.0.0.1", "::1", "0:0:0:0:0:0:0:1").contains(peer.replaceAll("[\\[\\]]", "")),
        () -> "peer of the view, an address literal of the loopback: " + peer);
  }

  @Test
  default void i2_everyLineOfAHeaderIsSeenWhateverItsCase(Trial trial) throws Exception {
    Reading<List<String>> reading =
        Reading.of(
            view -> {
              List<String> read = new ArrayList<>();
              view.headers("x-LINES").forEach(read::add);
              read.add("first " + view.header("X-lines"));
              view.headers("X-Absent").forEach(read::add);
              read.add("absent " + view.header("X-Absent"));
              return read;
            });
    Site site = trial.serve(route(reading.throttle()));
    site.raw("GET", "/plain", "X-Lines: a, b", "x-lines: c", "X-LINES: d").mustHaveStatus(200);
    assertEquals(
        List.of("a, b", "c", "d", "first a, b", "absent null"),
        reading.get(),
        "the lines of a header, the first of them, and one that is absent");
  }
}
