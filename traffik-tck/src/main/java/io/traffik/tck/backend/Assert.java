package io.traffik.tck.backend;

import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;

/** Claims whose failures read as sentences. */
final class Assert {

  private Assert() {}

  static void that(boolean holds, Supplier<String> otherwise) {
    if (!holds) {
      Assertions.fail(otherwise.get());
    }
  }

  static void granted(boolean granted, String what) {
    that(granted, () -> what + " must be granted, but was denied");
  }

  static void denied(boolean granted, String what) {
    that(!granted, () -> what + " must be denied, but was granted");
  }
}
