package io.traffik.tck.http;

import static io.traffik.tck.http.HttpFixture.route;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.ConnectionView;
import io.traffik.tck.server.ReceivedResponse;
import io.traffik.tck.server.TestServer;
import io.traffik.tck.server.ViewProbe;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An adapter's {@link ConnectionView} describes the request. */
interface ViewRules {

  @Test
  default void k2_theViewHasTheMethodAndTheDecodedPath(HttpFixture fixture) throws Exception {
    ViewProbe<List<String>> probe =
        ViewProbe.of(view -> List.of(view.kind().name(), view.method(), view.path()));
    TestServer server = fixture.serve(fixture.template(probe.throttle()));
    ReceivedResponse response = server.raw("GET", "/users/a%20b;x=1?q=2");
    response.assertStatus(200);
    List<String> view = probe.get();
    assertEquals(List.of("HTTP", "GET"), view.subList(0, 2), "kind() and method() of the view");
    String path = view.get(2);
    assertTrue(
        path.startsWith("/") && path.endsWith("/users/a b"),
        () -> "path() must be decoded, without query and parameters: " + path + ", " + response);
  }

  @Test
  default void i1_remoteAddressIsTheSocketsAddress(HttpFixture fixture) throws Exception {
    ViewProbe<String> probe = ViewProbe.of(view -> String.valueOf(view.remoteAddress()));
    TestServer server = fixture.serve(route(probe.throttle()));
    server.raw(
        "GET", "/plain", "X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "Via: 1.1 a");
    String remoteAddress = probe.get();
    assertTrue(
        List.of("127.0.0.1", "::1", "0:0:0:0:0:0:0:1")
            .contains(remoteAddress.replaceAll("[\\[\\]]", "")),
        () -> "remoteAddress() must be the loopback address as a literal: " + remoteAddress);
  }

  @Test
  default void headersHaveAllLinesAndIgnoreCase(HttpFixture fixture) throws Exception {
    ViewProbe<List<String>> probe =
        ViewProbe.of(
            view -> {
              List<String> read = new ArrayList<>();
              view.headers("x-LINES").forEach(read::add);
              read.add("first " + view.header("X-lines"));
              view.headers("X-Absent").forEach(read::add);
              read.add("absent " + view.header("X-Absent"));
              return read;
            });
    TestServer server = fixture.serve(route(probe.throttle()));
    server.raw("GET", "/plain", "X-Lines: a, b", "x-lines: c", "X-LINES: d").assertStatus(200);
    assertEquals(
        List.of("a, b", "c", "d", "first a, b", "absent null"),
        probe.get(),
        "the lines of a header, the first of them, and one that is absent");
  }
}
