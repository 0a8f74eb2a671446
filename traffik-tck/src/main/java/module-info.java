import org.jspecify.annotations.NullMarked;

/** The kit that judges backends and adapters, and what users' own tests of throttling need. */
@NullMarked
module io.traffik.tck {
  requires static org.jspecify;
  requires java.net.http;
  requires transitive io.traffik.core;
  requires transitive org.junit.jupiter.api;
  requires java.management;

  exports io.traffik.tck;

  // The rules are inherited from types that only this package sees.
  opens io.traffik.tck to
      org.junit.platform.commons;
}
