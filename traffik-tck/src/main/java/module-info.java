import org.jspecify.annotations.NullMarked;

/** The kit that judges backends and adapters, and what users' own tests of throttling need. */
@NullMarked
module io.traffik.tck {
  requires static org.jspecify;
  requires transitive io.traffik.core;
  requires transitive org.junit.jupiter.api;
  requires java.net.http;

  exports io.traffik.tck;

  // The rules of a contract are package-private, and JUnit runs them.
  opens io.traffik.tck to
      org.junit.platform.commons;
}
