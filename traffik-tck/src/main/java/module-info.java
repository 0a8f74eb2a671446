import org.jspecify.annotations.NullMarked;

/** The contract tests of backends and adapters, and test doubles for users' own tests. */
@NullMarked
module io.traffik.tck {
  requires static org.jspecify;
  requires java.net.http;
  requires transitive io.traffik.core;
  requires transitive org.junit.jupiter.api;
  requires com.google.gson;
  requires java.management;

  exports io.traffik.tck;
  exports io.traffik.tck.backend;
  exports io.traffik.tck.http;
  exports io.traffik.tck.websocket;

  // JUnit invokes rules that are not public, and creates the extensions.
  opens io.traffik.tck.backend to
      org.junit.platform.commons;
  opens io.traffik.tck.http to
      org.junit.platform.commons;
  opens io.traffik.tck.websocket to
      org.junit.platform.commons;
}
